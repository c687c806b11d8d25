"""A chat model that does as it is told: a real HTTP server that speaks OpenAI's Chat Completions,
answers from the prompt's own passages, and misbehaves by name. Nothing here is a language model.
"""
