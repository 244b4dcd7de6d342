package dev.hivedeck.app.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.Launcher;
import dev.hivedeck.engine.protocol.Json;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.stream.Stream;

/** Types a command line and reads what comes back. */
public record CliRunner(int status, String out, String err) {

  public static CliRunner type(String... arguments) {
    var out = new ByteArrayOutputStream();
    var err = new ByteArrayOutputStream();
    int status =
        Launcher.run(
            new PrintStream(out, true, StandardCharsets.UTF_8),
            new PrintStream(err, true, StandardCharsets.UTF_8),
            arguments);
    return new CliRunner(
        status, out.toString(StandardCharsets.UTF_8), err.toString(StandardCharsets.UTF_8));
  }

  public static CliRunner in(java.nio.file.Path workspace, String... arguments) {
    return type(
        Stream.concat(Stream.of("--workspace", workspace.toString()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  public JsonNode json() {
    return Json.read(out, JsonNode.class);
  }
}
