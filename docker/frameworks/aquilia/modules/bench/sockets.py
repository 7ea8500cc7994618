from aquilia.sockets import Connection, Event, Socket, SocketController


@Socket("/ws")
class EchoSocket(SocketController):
    @Event("echo")
    async def echo(self, connection: Connection, payload):
        await connection.send_json(payload)
