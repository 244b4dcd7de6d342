package dev.hivedeck.app;

import dev.hivedeck.engine.file.Folders;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * The ahead-of-time caches beside the jars of an installed Hivedeck. They hold for these jars and
 * this Java only, and Java 25 runs what is in a cache without a look at the jars: what they were
 * made of is kept with them, so that they are made again when anything of it has changed. The
 * launcher passes over a cache beside jars of other sizes.
 */
final class AotCaches {
  /** Tells the launcher to have a cache written. */
  static final String OUTPUT = "HIVEDECK_AOT_OUTPUT";

  private static final String MADE_OF = "aot.sha256";
  private static final long PATIENCE = 10;

  /** A cache, and what the launcher writes down of the jars that it is for. */
  private static final List<String> PARTS = List.of("", ".jars");

  private final Path lib;

  private AotCaches(Path lib) {
    this.lib = lib;
  }

  /** Those of the folder that this program was started from. */
  static AotCaches installed() {
    var caches = new AotCaches(Launcher.libraries());
    if (!Files.isExecutable(caches.launcher())) {
      throw new HiveException(
          ErrorCode.BAD_USAGE,
          "There is no launcher in " + caches.launcher().getParent() + ".",
          "Build it with mvn package, then run app/target/hivedeck/bin/hivedeck train.");
    }
    return caches;
  }

  /** What starts Hivedeck: in a package it is not beside the jars, and says where it is. */
  Path launcher() {
    String packaged = System.getProperty("jpackage.app-path");
    if (packaged != null) {
      return Path.of(packaged);
    }
    boolean windows = System.getProperty("os.name").toLowerCase(Locale.ROOT).startsWith("windows");
    return lib.resolveSibling("bin").resolve(windows ? "hivedeck.bat" : "hivedeck");
  }

  /**
   * Makes those that are missing or out of date.
   *
   * @return why there are none, in words; empty when all are there
   */
  Optional<String> make() throws IOException, InterruptedException {
    String madeOf = digest();
    Path stamp = lib.resolve(MADE_OF);
    if (Files.exists(stamp) && Files.readString(stamp).equals(madeOf)) {
      return Optional.empty();
    }
    remove();
    Path work = Files.createTempDirectory("hivedeck-train").toRealPath();
    try {
      for (var lifetime : TrainCommand.Lifetime.values()) {
        var failure = make(lifetime, work);
        if (failure.isPresent()) {
          remove();
          return failure;
        }
      }
    } finally {
      Folders.delete(work);
    }
    Files.writeString(stamp, madeOf);
    return Optional.empty();
  }

  private Optional<String> make(TrainCommand.Lifetime lifetime, Path work)
      throws IOException, InterruptedException {
    String name = lifetime.name().toLowerCase(Locale.ROOT);
    Path output = work.resolve(lifetime.cache);
    Path log = work.resolve(name + ".log");
    var builder =
        new ProcessBuilder(launcher().toString(), "train", name)
            .redirectErrorStream(true)
            .redirectOutput(log.toFile());
    builder.environment().put(OUTPUT, output.toString());
    builder.environment().put("HIVEDECK_HOME", work.resolve("home").toString());
    var process = builder.start();
    try {
      process.getOutputStream().close();
      if (!process.waitFor(PATIENCE, TimeUnit.MINUTES)) {
        return Optional.of(without("it took longer than " + PATIENCE + " minutes"));
      }
    } finally {
      process.descendants().forEach(ProcessHandle::destroyForcibly);
      process.destroyForcibly();
    }
    if (process.exitValue() != 0 || !Files.exists(output)) {
      return Optional.of(without(last(log)));
    }
    for (String end : PARTS) {
      Path part = work.resolve(lifetime.cache + end);
      if (Files.exists(part)) {
        Files.move(part, lib.resolve(lifetime.cache + end), StandardCopyOption.REPLACE_EXISTING);
      }
    }
    return Optional.empty();
  }

  private static String without(String why) {
    return "No ahead-of-time cache was made, Hivedeck starts more slowly without: " + why;
  }

  private static String last(Path log) throws IOException {
    try (var lines = Files.lines(log, StandardCharsets.ISO_8859_1)) {
      return lines
          .filter(line -> !line.isBlank())
          .reduce((_, next) -> next)
          .orElse("no reason told");
    }
  }

  void remove() throws IOException {
    Files.deleteIfExists(lib.resolve(MADE_OF));
    for (var lifetime : TrainCommand.Lifetime.values()) {
      for (String end : PARTS) {
        Files.deleteIfExists(lib.resolve(lifetime.cache + end));
      }
    }
  }

  /** Of all that a cache depends on. */
  private String digest() throws IOException {
    try (Stream<Path> all = Files.list(lib)) {
      var digest = MessageDigest.getInstance("SHA-256");
      var files = all.filter(file -> file.toString().endsWith(".jar")).sorted().toList();
      for (Path file :
          Stream.concat(files.stream(), Stream.of(launcher(), lib.resolve("java.options")))
              .toList()) {
        digest.update(file.getFileName().toString().getBytes(StandardCharsets.UTF_8));
        digest.update(Files.readAllBytes(file));
      }
      for (String property : List.of("java.home", "java.vm.version")) {
        digest.update(System.getProperty(property).getBytes(StandardCharsets.UTF_8));
      }
      return HexFormat.of().formatHex(digest.digest());
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException(e);
    }
  }
}
