package dev.hivedeck.engine;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Executors;

/**
 * A service for tests, in a process of its own: answers as the file {@code answer} of its folder
 * says, such as {@code 200 one}, and is well unless that ends in {@code ill}.
 */
public final class FileService {
  private FileService() {}

  public static void main(String[] args) throws IOException {
    var answer = Files.readString(Path.of("answer")).strip();
    if (answer.endsWith("die")) {
      System.out.println("this version cannot begin");
      System.exit(3);
    }
    int status = Integer.parseInt(answer.substring(0, 3));
    byte[] text = answer.substring(4).getBytes(StandardCharsets.UTF_8);
    var server =
        HttpServer.create(
            new InetSocketAddress("127.0.0.1", Integer.parseInt(System.getenv("PORT"))), 100);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext(
        "/",
        x -> {
          try (x) {
            x.getRequestBody().readAllBytes();
            boolean asked = x.getRequestURI().getPath().endsWith("/health");
            x.sendResponseHeaders(
                asked ? (answer.endsWith("ill") ? 500 : 200) : status, text.length);
            x.getResponseBody().write(text);
          }
        });
    server.start();
    System.out.println("answers " + answer);
  }
}
