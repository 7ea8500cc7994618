import asyncpg
from aquilia.di import service

import settings

SELECT_USER = "SELECT id, name, email, bio FROM bench_users WHERE id = $1"
INSERT_USER = (
    "INSERT INTO bench_users (name, email, bio) VALUES ($1, $2, $3)"
    " RETURNING id, name, email, bio"
)


@service(scope="app")
class UserStore:
    async def open(self) -> None:
        self._pool = await asyncpg.create_pool(
            settings.DATABASE_URL,
            min_size=4,
            max_size=8,
            server_settings={"application_name": settings.TARGET},
        )

    async def close(self) -> None:
        await self._pool.close()

    async def find(self, user_id: int) -> asyncpg.Record | None:
        try:
            return await self._pool.fetchrow(SELECT_USER, user_id)
        except asyncpg.DataError:  # beyond bigint, so there is no such row
            return None

    async def add(self, name: str, email: str, bio: str) -> asyncpg.Record:
        return await self._pool.fetchrow(INSERT_USER, name, email, bio)
