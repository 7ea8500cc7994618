from modules.bench.services import UserStore


async def open_pool(config, container):
    store = await container.resolve_async(UserStore)
    await store.open()


async def close_pool(config, container):
    store = await container.resolve_async(UserStore)
    await store.close()
