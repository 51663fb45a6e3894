"""A way to a server on this machine that is as slow as one to a server far away."""

import asyncio
import contextlib
import socket
import threading

from tests.browser.labkit import free_port


@contextlib.contextmanager
def slow_way(port, milliseconds):
    """Yield a port that leads to `port`; a question and its answer take `milliseconds` longer that way."""
    entry, loop = free_port(), asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()

    async def serve():
        async def connect(reader, writer):
            with contextlib.suppress(asyncio.CancelledError):  # by `end`
                await join(reader, writer, port, milliseconds / 2000)

        return await asyncio.start_server(connect, "127.0.0.1", entry)

    asyncio.run_coroutine_threadsafe(serve(), loop).result(10)
    try:
        yield entry
    finally:
        asyncio.run_coroutine_threadsafe(end(), loop).result(10)
        loop.call_soon_threadsafe(loop.stop)
        thread.join(10)
        loop.close()


async def end():
    """Cut every connection."""
    tasks = asyncio.all_tasks() - {asyncio.current_task()}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)


async def join(reader, writer, port, seconds):
    """Pass on what comes from either side to the other, each piece `seconds` after it came."""
    far_reader, far_writer = await asyncio.open_connection("127.0.0.1", port)
    for side in (writer, far_writer):
        side.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    await asyncio.gather(pass_on(reader, far_writer, seconds), pass_on(far_reader, writer, seconds))


async def pass_on(reader, writer, seconds):
    """Pieces are delayed side by side: the way is long, not narrow."""
    waiting = asyncio.Queue()

    async def deliver():
        while True:
            due, piece = await waiting.get()
            if not piece:
                writer.close()
                return
            await asyncio.sleep(max(0, due - asyncio.get_running_loop().time()))
            with contextlib.suppress(ConnectionError):
                writer.write(piece)
                await writer.drain()

    delivery = asyncio.create_task(deliver())
    piece = b"any"
    while piece:
        try:
            piece = await reader.read(65536)
        except ConnectionError:
            piece = b""
        waiting.put_nowait((asyncio.get_running_loop().time() + seconds, piece))
    await delivery
