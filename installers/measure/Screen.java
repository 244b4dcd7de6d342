import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * A display of its own, with programs whose windows come up on it. What was begun there ends with
 * it.
 */
final class Screen implements AutoCloseable {
  private static final double MEGA = 1e6;
  private static final long LIMIT_MILLIS = 300_000;

  /**
   * A program with a window.
   *
   * @param files what is taken out of the system's memory before a cold start
   * @param home where it writes down that its window was drawn; null where its page tells it
   */
  record Program(String name, List<String> command, List<Path> files, Path home, String options) {}

  private final Path work;
  private final Process display;
  private final String name;
  private final HttpServer server;
  private volatile boolean told;

  /**
   * @param rows that the page shows which stands for a window with data
   */
  Screen(Path work, int rows) throws IOException {
    this.work = work;
    if (!has("Xvfb")) {
      throw new Refused("Xvfb is missing.", "Install the package xvfb.");
    }
    display =
        new ProcessBuilder(
                "Xvfb", "-displayfd", "1", "-screen", "0", "1440x900x24", "-nolisten", "tcp")
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    name = ":" + display.inputReader().readLine();
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    serve(rows);
  }

  /** Milliseconds from the start of the program until its window with data was drawn. */
  double started(Program program, boolean cold) throws Exception {
    if (cold) {
      for (Path files : program.files()) {
        ran(
            60,
            work,
            "sh",
            "-c",
            "find \"$1\" -type f -exec sh -c 'for file; do dd if=\"$file\" iflag=nocache count=0"
                + " status=none; done' sh {} +",
            "sh",
            files.toString());
      }
    }
    long began = System.nanoTime();
    var process = begin(program);
    awaited(program, process);
    double taken = (System.nanoTime() - began) / 1e6;
    ended(process);
    return taken;
  }

  Process begin(Program program) throws IOException {
    told = false;
    if (program.home() != null) {
      Files.deleteIfExists(log(program));
    }
    var builder =
        new ProcessBuilder(program.command())
            .redirectErrorStream(true)
            .redirectOutput(work.resolve("said.log").toFile());
    surround(builder.environment());
    if (!program.options().isEmpty()) {
      builder.environment().put("JAVA_TOOL_OPTIONS", program.options());
    }
    return builder.start();
  }

  private void surround(Map<String, String> environment) {
    environment.put("DISPLAY", name);
    environment.put("HIVEDECK_HOME", work.resolve("home").toString());
    environment
        .keySet()
        .removeAll(List.of("HIVEDECK_JAVA", "JAVA_TOOL_OPTIONS", "WAYLAND_DISPLAY"));
  }

  private static Path log(Program program) {
    return program.home().resolve("logs/hivedeck.log");
  }

  private boolean isDrawn(Program program) {
    if (program.home() == null) {
      return told;
    }
    try {
      return Files.readString(log(program))
          .lines()
          .anyMatch(
              line -> line.contains("\"drawn: {} after {} ms\"") && line.contains("\"workspace\""));
    } catch (IOException e) {
      return false; // it has not begun to write
    }
  }

  void awaited(Program program, Process process) throws Exception {
    for (long end = System.nanoTime() + LIMIT_MILLIS * 1_000_000;
        !isDrawn(program);
        Thread.sleep(5)) {
      if (System.nanoTime() > end || (!process.isAlive() && process.exitValue() != 0)) {
        ended(process);
        throw new Refused(
            program.name() + " drew no window.",
            "It said: " + Files.readString(work.resolve("said.log")).strip());
      }
    }
  }

  static void ended(Process process) throws InterruptedException {
    var all = Stream.concat(process.descendants(), Stream.of(process.toHandle())).toList();
    process.destroy();
    if (!process.waitFor(30, TimeUnit.SECONDS)) {
      process.destroyForcibly().waitFor();
    }
    for (var each : all) {
      each.destroy();
      for (int i = 0; each.isAlive() && i < 1000; i++) {
        Thread.sleep(10);
      }
    }
  }

  /** A page that tells when it was drawn: as much as the window with data shows. */
  private void serve(int count) {
    String rows =
        IntStream.range(0, count)
            .mapToObj(i -> "<tr><td>P-%d<td>Part %d<td>Do it.".formatted(i, i))
            .collect(Collectors.joining());
    byte[] html =
        ("<!doctype html><title>Peer</title><table>"
                + rows
                + "</table><script>requestAnimationFrame(() => requestAnimationFrame(() =>"
                + " fetch('/drawn')))</script>")
            .getBytes(StandardCharsets.UTF_8);
    server.createContext(
        "/",
        exchange -> {
          boolean drawn = exchange.getRequestURI().getPath().equals("/drawn");
          told |= drawn;
          exchange.getResponseHeaders().set("Content-Type", "text/html");
          exchange.sendResponseHeaders(200, html.length);
          try (var out = exchange.getResponseBody()) {
            out.write(html);
          }
        });
    server.start();
  }

  /** Hundredths of a second that it and its children that have ended took of the processor. */
  static long ticks(Process process) throws IOException {
    String stat = Files.readString(Path.of("/proc/" + process.pid() + "/stat"));
    String[] fields = stat.substring(stat.lastIndexOf(')') + 2).split(" ");
    return IntStream.range(11, 15).mapToLong(i -> Long.parseLong(fields[i])).sum();
  }

  static double status(Process process, String key) throws IOException {
    return kilobytes(Path.of("/proc/" + process.pid() + "/status"), key) * 1024 / MEGA;
  }

  static double shared(Process process) {
    return Stream.concat(process.descendants(), Stream.of(process.toHandle()))
        .mapToDouble(
            each -> {
              try {
                return kilobytes(Path.of("/proc/" + each.pid() + "/smaps_rollup"), "Pss")
                    * 1024
                    / MEGA;
              } catch (IOException e) {
                return 0; // it has ended
              }
            })
        .sum();
  }

  static double kilobytes(Path file, String key) throws IOException {
    try (var lines = Files.lines(file)) {
      return lines
          .filter(line -> line.startsWith(key + ":"))
          .mapToDouble(line -> Double.parseDouble(line.replaceAll("\\D", "")))
          .sum();
    }
  }

  /** Runs it and answers with what it said. */
  String ran(int seconds, Path folder, String... command) throws Exception {
    Path said = work.resolve("ran.log");
    var builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said.toFile());
    surround(builder.environment());
    var process = builder.start();
    if (!process.waitFor(seconds, TimeUnit.SECONDS)) {
      ended(process);
    }
    return Files.readString(said);
  }

  static boolean has(String program) {
    return Arrays.stream(System.getenv("PATH").split(":"))
        .anyMatch(folder -> Files.isExecutable(Path.of(folder, program)));
  }

  String page() {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/";
  }

  @Override
  public void close() {
    server.stop(0);
    ProcessHandle.current()
        .descendants()
        .filter(p -> p.pid() != display.pid())
        .forEach(ProcessHandle::destroyForcibly);
    display.destroy();
    try (var files = Files.walk(work)) {
      files.sorted((a, b) -> b.compareTo(a)).forEach(file -> file.toFile().delete());
    } catch (IOException e) {
      System.err.println("installers/figures: " + work + " could not be removed: " + e);
    }
  }
}
