"""gensim's word2vec beside ours: reads one JSON request a line, answers with one JSON line.

{"do": "load", "file": PATH} -> {}               a sentence a line, spaces between the words
{"do": "train", "options": {...}} -> {"count": seconds, "train": seconds}
{"do": "nearest", "words": [...], "n": 10} -> {"nearest": [[word, ...], ...]}     of the model trained last

One worker; the corpus is in memory as lists of strings, as it is for ours.
"""
import json
import sys
import time

import gensim
from gensim.models import Word2Vec

sentences = []
model = None


def load(request):
    global sentences
    with open(request["file"], encoding="utf-8") as file:
        sentences = [line.split() for line in file]
    return {}


def train(request):
    global model
    options = request["options"]
    model = Word2Vec(workers=1, **options)
    start = time.perf_counter()
    model.build_vocab(sentences)
    counted = time.perf_counter()
    model.train(sentences, total_examples=model.corpus_count, epochs=model.epochs)
    return {"count": counted - start, "train": time.perf_counter() - counted}


def nearest(request):
    found = [model.wv.most_similar(word, topn=request["n"]) for word in request["words"]]
    return {"nearest": [[word for word, _ in pairs] for pairs in found]}


print(json.dumps({"version": gensim.__version__}), flush=True)
for line in sys.stdin:
    request = json.loads(line)
    answer = {"load": load, "train": train, "nearest": nearest}[request["do"]](request)
    print(json.dumps(answer), flush=True)
