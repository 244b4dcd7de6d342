package dev.hivedeck.engine.store;

import dev.hivedeck.engine.TestRepository;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import javax.sql.DataSource;
import org.postgresql.ds.PGSimpleDataSource;

/** A PostgreSQL of our own in a temporary folder, heard on the loopback only. */
final class Postgres implements AutoCloseable {
  private static final Path DEBIAN = Path.of("/usr/lib/postgresql");

  private final Path bin;
  private final Path folder;
  private final String password = UUID.randomUUID().toString();
  private final int port;
  private final Thread atExit = new Thread(this::stop);

  private Postgres(Path bin) throws IOException {
    this.bin = bin;
    // Not below the folder of the test: the user that the server runs as must reach it.
    this.folder = Files.createTempDirectory("hivedeck-postgres");
    Runtime.getRuntime().addShutdownHook(atExit);
    Path secret = Files.writeString(folder.resolve("password"), password);
    if (root()) {
      TestRepository.run(folder, "chown", "-R", "postgres", folder.toString());
    }
    try (var socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = socket.getLocalPort();
    }
    run("initdb", "-D", data(), "-U", "bench", "-A", "scram-sha-256", "--pwfile=" + secret);
    run(
        "pg_ctl",
        "-D",
        data(),
        "-w",
        "-l",
        folder.resolve("log").toString(),
        "-o",
        "-c listen_addresses=127.0.0.1 -c unix_socket_directories='' -p " + port,
        "start");
  }

  /** Starts the newest that is installed, if one is. */
  static Optional<Postgres> start() throws IOException {
    var bin = installed();
    return bin.isPresent() ? Optional.of(new Postgres(bin.get())) : Optional.empty();
  }

  private static Optional<Path> installed() throws IOException {
    var onPath =
        Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
            .filter(p -> !p.isBlank())
            .map(Path::of);
    try (var versions = Files.isDirectory(DEBIAN) ? Files.list(DEBIAN) : Stream.<Path>empty()) {
      var known =
          versions
              .sorted(
                  Comparator.comparing((Path p) -> p.getFileName().toString().length())
                      .thenComparing(Comparator.naturalOrder())
                      .reversed())
              .map(p -> p.resolve("bin"))
              .toList();
      return Stream.concat(onPath, known.stream())
          .filter(
              p ->
                  Stream.of("initdb", "pg_ctl", "postgres")
                      .allMatch(name -> Files.isExecutable(p.resolve(name))))
          .findFirst();
    }
  }

  private static boolean root() {
    return System.getProperty("user.name").equals("root");
  }

  private String data() {
    return folder.resolve("data").toString();
  }

  /** The server refuses to run as root. */
  private String run(String name, String... arguments) {
    return TestRepository.run(
        folder,
        Stream.of(
                root() ? Stream.of("runuser", "-u", "postgres", "--") : Stream.<String>empty(),
                Stream.of(bin.resolve(name).toString()),
                Arrays.stream(arguments))
            .flatMap(s -> s)
            .toArray(String[]::new));
  }

  DataSource source() {
    var source = new PGSimpleDataSource();
    source.setServerNames(new String[] {"127.0.0.1"});
    source.setPortNumbers(new int[] {port});
    source.setDatabaseName("postgres");
    source.setUser("bench");
    source.setPassword(password);
    return source;
  }

  private void stop() {
    if (Files.exists(folder.resolve("data/postmaster.pid"))) {
      run("pg_ctl", "-D", data(), "-m", "fast", "-w", "stop");
    }
    try (var files = Files.walk(folder)) {
      files.sorted(Comparator.reverseOrder()).map(Path::toFile).forEach(File::delete);
    } catch (IOException e) {
      System.err.println(folder + " is left: " + e.getMessage());
    }
  }

  @Override
  public void close() {
    Runtime.getRuntime().removeShutdownHook(atExit);
    stop();
  }
}
