"""From a run to something that answers elsewhere.

Takes a run. Hands on a bundle, an ONNX file, a server.
Does not know how reports are drawn, nor the hub or the web. Empty so far.
"""
