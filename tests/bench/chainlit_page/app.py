"""A chat as Chainlit's own guide writes it: the question to the model, its words to the page, nothing stored."""

import os

import chainlit  # type: ignore[import-not-found]  # installed in a venv of its own: tests/bench/first_word.py
import openai

client = openai.AsyncOpenAI()


@chainlit.on_message
async def answer(question):
    reply = chainlit.Message(content="")
    messages = [{"role": "user", "content": question.content}]
    stream = await client.chat.completions.create(model=os.environ["OPENAI_MODEL"], messages=messages, stream=True)
    async for chunk in stream:
        if chunk.choices and (word := chunk.choices[0].delta.content):
            await reply.stream_token(word)
    await reply.update()
