package dev.hivedeck.engine.security;

import dev.hivedeck.engine.file.OwnerFiles;
import dev.hivedeck.engine.protocol.HiveException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;

/** A person's consent to what a workspace would run; other content needs consent anew. */
public record Trust(Path folder) {

  public boolean given(String fingerprint) {
    Path file = folder.resolve("trust");
    try {
      return Files.exists(file)
          && Files.readAllLines(file).stream().anyMatch(line -> line.startsWith(fingerprint + " "));
    } catch (IOException e) {
      return false;
    }
  }

  public void give(String fingerprint, Instant at) {
    Path file = folder.resolve("trust");
    try {
      String before = Files.exists(file) ? Files.readString(file) : "";
      OwnerFiles.write(file, before + fingerprint + " " + at + "\n");
    } catch (IOException e) {
      throw new HiveException(
          "home-unwritable",
          "Consent cannot be recorded in " + file + ": " + e.getMessage(),
          "Check the rights and the space of that folder.",
          e);
    }
  }
}
