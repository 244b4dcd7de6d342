package dev.hivedeck.engine.security;

import dev.hivedeck.engine.file.Disk;
import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * Where a running engine is found, as a file that only its owner can read.
 *
 * @param feed address of the feed, for example {@code ws://127.0.0.1:7072}
 * @param api address of the HTTP endpoint
 * @param pid the engine's process
 */
public record EndpointFile(String feed, String api, String token, long pid) {
  private static final String FILE = "endpoint.json";

  public static void write(Path folder, EndpointFile endpoint) {
    try {
      OwnerFiles.write(folder.resolve(FILE), Json.write(endpoint));
    } catch (IOException e) {
      throw Disk.unwritable(
          folder,
          e,
          ErrorCode.HOME_UNWRITABLE,
          "The endpoint file in " + folder + " cannot be written: " + e.getMessage(),
          "Check the rights and the space of that folder.");
    }
  }

  /** The endpoint of an engine that is alive. */
  public static Optional<EndpointFile> read(Path folder) {
    try {
      var endpoint = Json.read(Files.readString(folder.resolve(FILE)), EndpointFile.class);
      return ProcessHandle.of(endpoint.pid()).filter(ProcessHandle::isAlive).map(p -> endpoint);
    } catch (IOException | HiveException e) {
      return Optional.empty();
    }
  }

  public static void remove(Path folder) {
    try {
      Files.deleteIfExists(folder.resolve(FILE));
    } catch (IOException e) {
      throw new HiveException(ErrorCode.HOME_UNWRITABLE, e.getMessage(), "Remove it by hand.", e);
    }
  }

  /** The token stays out of logs. */
  @Override
  public String toString() {
    return "Endpoint[feed=" + feed + ", api=" + api + ", pid=" + pid + "]";
  }
}
