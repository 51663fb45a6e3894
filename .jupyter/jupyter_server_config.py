"""JupyterLab as `python start.py` and Binder run it."""

from jupyter_server.services.kernels.websocket import KernelWebsocketHandler

c = get_config()  # noqa: F821  (Jupyter defines it)

# What a learner writes stays in the notebook: jupytext would copy it into notebooks/text, and would refuse to open a
# chapter that was changed in another editor. The pairs are kept by tests.notebooks.regenerate instead.
c.ServerApp.jpserver_extensions = {"jupyterlab_jupytext": False}

# A widget that is dragged sends many small messages. Without this the system holds each back for up to 40 ms, hoping
# to send two at once (Nagle's algorithm).
open_websocket = KernelWebsocketHandler.open


async def open_without_delay(self, *args, **kwargs):
    self.set_nodelay(True)
    return await open_websocket(self, *args, **kwargs)


KernelWebsocketHandler.open = open_without_delay
