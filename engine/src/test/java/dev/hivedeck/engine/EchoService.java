package dev.hivedeck.engine;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;

/** A service for tests, in a process of its own: says which instance answers. */
public final class EchoService {
  private EchoService() {}

  public static void main(String[] args) throws IOException {
    byte[] name = System.getenv("HIVEDECK_INSTANCE").getBytes(StandardCharsets.UTF_8);
    var server =
        HttpServer.create(
            new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        x -> {
          try (x) {
            x.getRequestBody().readAllBytes();
            x.sendResponseHeaders(200, name.length);
            x.getResponseBody().write(name);
          }
        });
    server.start();
  }
}
