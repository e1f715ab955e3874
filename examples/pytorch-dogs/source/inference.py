"""Answers a photograph, as bytes, with the likeliest breeds."""
import io
import json
import os

import torch

from network import network, normalised, read_picture


def model_fn(model_dir):
    with open(os.path.join(model_dir, "breeds.json")) as file:
        breeds = json.load(file)
    model = network(len(breeds))
    model.load_state_dict(torch.load(os.path.join(model_dir, "model.pth")))
    return model.eval(), breeds


def input_fn(body, content_type):
    if content_type != "image/jpeg":
        raise ValueError(f"a photograph is needed (image/jpeg), not {content_type}")
    return normalised(read_picture(io.BytesIO(body)).unsqueeze(0))


def predict_fn(picture, model):
    net, breeds = model
    with torch.no_grad():
        likely = net(picture).softmax(1)[0].topk(3)
    return [{"breed": breeds[index], "probability": round(value, 4)} for value, index in zip(likely.values.tolist(), likely.indices.tolist())]
