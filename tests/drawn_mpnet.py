"""A small MPNet with drawn weights in a folder as sentence-transformers writes it: nothing is downloaded, and it loads in a blink.

Inside each layer one number is far greater than the others, as in trained models of this kind, so that one scale for all loses them.
"""

import json
import string
from pathlib import Path

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, processors

DIMENSION = 64
MOST_TOKENS = 40
UNKNOWN = "[UNK]"
GREAT = 100.0


def write_drawn_mpnet(folder: Path, pooling: str = "mean_tokens") -> Path:
    """Write it into ``folder`` and return that."""
    import torch  # here, so that to collect the tests does not load it
    from transformers import MPNetConfig, MPNetModel

    pieces = ["<s>", "<pad>", "</s>", UNKNOWN, *string.ascii_lowercase, *(f"##{letter}" for letter in string.ascii_lowercase)]
    torch.manual_seed(11)
    model = MPNetModel(
        MPNetConfig(
            vocab_size=len(pieces),
            hidden_size=DIMENSION,
            num_hidden_layers=2,
            num_attention_heads=4,
            intermediate_size=2 * DIMENSION,
            max_position_embeddings=64,
        )
    )
    with torch.no_grad():
        for weights in model.parameters():
            if weights.dim() > 1:
                weights.normal_(std=0.3)
        for name, weights in model.named_parameters():
            if name.endswith(".intermediate.dense.weight"):
                weights[5] *= GREAT
            elif name.endswith(tuple(f".{number}.output.dense.weight" for number in range(2))):
                weights[:, 5] /= GREAT
    model.save_pretrained(folder)
    _tokenizer(pieces).save(str(folder / "tokenizer.json"))
    parts: list[dict[str, object]] = [
        {"type": "sentence_transformers.models.Transformer", "path": ""},
        {"type": "a.Pooling", "path": "1_Pooling"},
    ]
    for number, part in enumerate(parts):
        part |= {
            "idx": number,
            "name": str(number),
            "type": f"sentence_transformers.models.{str(part['type']).rpartition('.')[2]}",
        }
    _write(folder / "modules.json", parts)
    _write(folder / "sentence_bert_config.json", {"max_seq_length": MOST_TOKENS, "do_lower_case": False})
    _write(folder / "config_sentence_transformers.json", {"__version__": {}})
    marks = {"pad_token": "<pad>", "cls_token": "<s>", "sep_token": "</s>", "unk_token": UNKNOWN}
    _write(folder / "tokenizer_config.json", {"tokenizer_class": "PreTrainedTokenizerFast", "model_max_length": 62, **marks})
    (folder / "1_Pooling").mkdir()
    _write(folder / "1_Pooling" / "config.json", {"word_embedding_dimension": DIMENSION, f"pooling_mode_{pooling}": True})
    return folder


def _tokenizer(pieces: list[str]) -> Tokenizer:
    vocabulary = {piece: number for number, piece in enumerate(pieces)}
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token=UNKNOWN))
    tokenizer.normalizer = normalizers.Lowercase()
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    tokenizer.post_processor = processors.RobertaProcessing(("</s>", 2), ("<s>", 0), add_prefix_space=False)
    return tokenizer


def _write(path: Path, content: object) -> None:
    path.write_text(json.dumps(content), encoding="utf-8")
