"""Which models are loaded without sentence-transformers."""

import json

import numpy as np
import pytest

from index.encoders.export import PlainTransformer, is_plain

PARTS = [{"type": "sentence_transformers.models.Transformer", "path": ""}, {"type": "a.b.Pooling", "path": "1_Pooling"}]
MEAN = {"pooling_mode_cls_token": False, "pooling_mode_mean_tokens": True}


def write_model(folder, parts=PARTS, pooling=MEAN, around=(), settings=()):
    """Write the files that tell what a model is made of."""
    (folder / "1_Pooling").mkdir()
    files = {"modules.json": parts, "1_Pooling/config.json": pooling}
    files |= {"sentence_bert_config.json": dict(around), "config_sentence_transformers.json": dict(settings)}
    for name, content in files.items():
        (folder / name).write_text(json.dumps(content))
    return folder


@pytest.mark.parametrize("pooling", [MEAN, {"pooling_mode": "mean"}])
@pytest.mark.parametrize("parts", [PARTS, [*PARTS, {"type": "Normalize", "path": "2_Normalize"}]])
def test_an_average_of_token_vectors_is_plain(tmp_path, parts, pooling):
    """As older and newer models say it."""
    assert is_plain(write_model(tmp_path, parts, pooling))


@pytest.mark.parametrize(
    "other",
    [
        {"parts": [*PARTS, {"type": "Dense", "path": "2_Dense"}]},
        {"parts": [{"type": "StaticEmbedding", "path": ""}]},
        {"parts": {}},
        {"pooling": {"pooling_mode_cls_token": True}},
        {"pooling": {"pooling_mode_mean_tokens": True, "pooling_mode_max_tokens": True}},
        {"pooling": {}},
        {"around": {"do_lower_case": True}},
        {"settings": {"default_prompt_name": "query"}},
    ],
)
def test_whatever_else_a_model_does_is_left_to_sentence_transformers(tmp_path, other):
    """Its vectors would be others."""
    assert not is_plain(write_model(tmp_path, **other))


def test_a_folder_that_does_not_tell_is_not_plain(tmp_path):
    """Files may be missing or torn."""
    assert not is_plain(tmp_path)
    write_model(tmp_path)
    (tmp_path / "modules.json").write_text("[{")
    assert not is_plain(tmp_path)


def test_a_text_alone_is_read_on_one_thread(monkeypatch):
    """Files are read beside it, and threads that wait for each other would take their processors; afterwards all are there again."""
    import torch  # takes two seconds, in each process that collects the tests

    transformer, threads = PlainTransformer.__new__(PlainTransformer), []
    before = torch.get_num_threads()
    monkeypatch.setattr(
        PlainTransformer, "_vector", lambda *_: threads.append(torch.get_num_threads()) or np.ones(2, np.float32)
    )
    torch.set_num_threads(2)
    try:
        assert transformer.embed(["a", "b"]).shape == (2, 2)
        assert (threads, torch.get_num_threads()) == ([1, 1], 2)
    finally:
        torch.set_num_threads(before)
