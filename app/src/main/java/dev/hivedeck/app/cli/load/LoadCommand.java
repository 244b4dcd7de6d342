package dev.hivedeck.app.cli.load;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.app.cli.EngineAccess;
import dev.hivedeck.app.cli.HivedeckCommand;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ParentCommand;

/** Sends requests to a service at a set rate. */
@Command(
    name = "load",
    description =
        "Sends requests to a service of this machine at a constant rate, whatever becomes of those "
            + "before, and counts every answer. Ctrl-C tells the figures so far.")
public final class LoadCommand implements Callable<Integer> {
  private static final double MOST_A_SECOND = 2_000;
  private static final Duration LONGEST = Duration.ofHours(1);
  private static final int MOST_RECORDED = 10_000;
  private static final int LARGEST = 16 << 20;
  private static final Pattern RATE = Pattern.compile("(\\d{1,7}(?:\\.\\d{1,3})?)(?:/(s|m))?");
  private static final Set<String> METHODS =
      Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS");

  @SuppressWarnings("NullAway.Init") // picocli sets it
  @ParentCommand
  HivedeckCommand cli;

  @SuppressWarnings("NullAway.Init")
  @Parameters(paramLabel = "SERVICE", description = "Of the gateway; or http://127.0.0.1:9001.")
  String target;

  @Option(
      names = "--rate",
      paramLabel = "RATE",
      defaultValue = "10/s",
      description = "20/s, or 90/m; 2,000/s at most.")
  String rate = "10/s";

  @Option(
      names = "--for",
      paramLabel = "TIME",
      defaultValue = "1m",
      description = "How long: 5m; an hour at most.")
  String time = "1m";

  @Option(
      names = "--path",
      paramLabel = "PATH",
      defaultValue = "/",
      description = "What is asked for.")
  String path = "/";

  @Option(
      names = "--recorded",
      paramLabel = "FILE",
      description = {
        "Requests that are sent in turn, one a line:",
        "{\"method\": \"POST\", \"path\": \"/x\", \"headers\": {}, \"body\": \"\"}"
      })
  @Nullable Path recorded;

  @Override
  public Integer call() throws InterruptedException {
    double perSecond = perSecond(rate);
    var lasts = lasts(time);
    var base = base();
    var templates = templates(base);
    try (var load = new OpenLoopLoad(templates, perSecond, lasts)) {
      var hook = Thread.ofPlatform().unstarted(() -> answer(load));
      Runtime.getRuntime().addShutdownHook(hook);
      var running = Thread.ofPlatform().daemon().name("load").start(load::run);
      while (!running.join(Duration.ofSeconds(1))) {
        if (!cli.json()) {
          cli.err().println(progress(load.figures()));
        }
      }
      try {
        Runtime.getRuntime().removeShutdownHook(hook);
      } catch (IllegalStateException e) {
        return HivedeckCommand.DONE; // it was ended just now, and the figures are told there
      }
      answer(load);
      return HivedeckCommand.DONE;
    }
  }

  private void answer(OpenLoopLoad load) {
    load.stop();
    var figures = load.figures();
    cli.answer(figures, words(figures));
  }

  private URI base() {
    if (target.contains("://")) {
      return LoadTarget.of(
          target,
          () -> {
            throw new IllegalStateException("no engine is asked");
          });
    }
    try (var opened = EngineAccess.read(cli.workspace())) {
      return LoadTarget.of(target, opened::door);
    }
  }

  private static double perSecond(String text) {
    var form = RATE.matcher(text.strip());
    double value = form.matches() ? Double.parseDouble(form.group(1)) : 0;
    double rate = form.matches() && "m".equals(form.group(2)) ? value / 60 : value;
    if (!(rate > 0 && rate <= MOST_A_SECOND)) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          "\"" + text + "\" is no rate up to 2,000 requests a second.",
          "Write 20/s, or 90/m.");
    }
    return rate;
  }

  private static Duration lasts(String text) {
    return Durations.parse(text)
        .filter(t -> !t.isZero() && t.compareTo(LONGEST) <= 0)
        .orElseThrow(
            () ->
                new HiveException(
                    ErrorCode.BAD_REQUEST,
                    "\"" + text + "\" is no time up to an hour.",
                    "Write " + Durations.EXAMPLES + "."));
  }

  private List<OpenLoopLoad.Template> templates(URI base) {
    var file = recorded;
    if (file == null) {
      return List.of(template("--path", base, "GET", path, Map.of(), ""));
    }
    List<String> lines;
    try {
      if (Files.size(file) > LARGEST) {
        throw unreadable(file, "it is larger than 16 MiB");
      }
      lines = Files.readAllLines(file);
    } catch (IOException e) {
      throw unreadable(file, String.valueOf(e.getMessage()));
    }
    var all = new ArrayList<OpenLoopLoad.Template>();
    for (int i = 0; i < lines.size(); i++) {
      if (!lines.get(i).isBlank()) {
        all.add(recorded(file + ":" + (i + 1), base, lines.get(i)));
      }
    }
    if (all.isEmpty() || all.size() > MOST_RECORDED) {
      throw unreadable(file, "it has " + all.size() + " requests; 1 to 10,000 can be sent");
    }
    return all;
  }

  private static HiveException unreadable(Path file, String why) {
    return new HiveException(
        ErrorCode.BAD_REQUEST,
        file + " cannot be used: " + why + ".",
        "Write a request a line: {\"method\": \"GET\", \"path\": \"/x\"}.");
  }

  private static OpenLoopLoad.Template recorded(String at, URI base, String line) {
    JsonNode node;
    try {
      node = Json.read(line, JsonNode.class);
    } catch (HiveException e) {
      throw refused(at, "it is no JSON");
    }
    var headers = new LinkedHashMap<String, String>();
    node.path("headers").properties().forEach(e -> headers.put(e.getKey(), e.getValue().asText()));
    var body = node.path("body");
    return template(
        at,
        base,
        node.path("method").asText("GET").toUpperCase(Locale.ROOT),
        node.path("path").asText("/"),
        headers,
        body.isContainerNode() ? body.toString() : body.asText(""));
  }

  private static OpenLoopLoad.Template template(
      String at, URI base, String method, String path, Map<String, String> headers, String body) {
    if (!METHODS.contains(method)) {
      throw refused(at, "there is no method " + method);
    }
    if (!path.startsWith("/")) {
      throw refused(at, "the path \"" + path + "\" does not begin with /");
    }
    try {
      var uri = URI.create(base.toString().replaceFirst("/$", "") + path);
      if (!String.valueOf(uri.getAuthority()).equals(base.getAuthority())) {
        throw refused(at, "the path \"" + path + "\" leads elsewhere");
      }
      var template = new OpenLoopLoad.Template(method, uri, headers, body);
      template.check();
      return template;
    } catch (IllegalArgumentException e) {
      throw refused(at, String.valueOf(e.getMessage()));
    }
  }

  private static HiveException refused(String at, String why) {
    return new HiveException(
        ErrorCode.BAD_REQUEST,
        at + ": " + why + ".",
        "Nothing was sent. Write {\"method\": \"GET\", \"path\": \"/x\"}.");
  }

  private static String progress(LoadFigures f) {
    return String.format(
        Locale.ROOT,
        "%,.0f s: %,d sent, %,d answered, %,d failed, %,d open; p50 %.1f ms, p99 %.1f ms",
        f.seconds(),
        f.sent(),
        f.answered(),
        f.failed(),
        f.open(),
        f.latency().p50(),
        f.latency().p99());
  }

  private static String words(LoadFigures f) {
    return String.format(
        Locale.ROOT,
        "%s%s, %s/s for %,.1f s%n%,d sent: %s%s%s%s%nfrom when they were due: p50 %.1f ms, p90 %.1f"
            + " ms, p95 %.1f ms, p99 %.1f ms, at most %.1f ms",
        f.complete() ? "" : "Ended early: ",
        f.url(),
        number(f.rate()),
        f.seconds(),
        f.sent(),
        f.statuses().isEmpty() ? "none answered" : "answered " + counts(f.statuses()),
        f.failures().isEmpty() ? "" : "; failed: " + counts(f.failures()),
        f.open() == 0 ? "" : "; " + f.open() + " still open",
        f.skipped() == 0 ? "" : "; " + f.skipped() + " not sent: too many were open",
        f.latency().p50(),
        f.latency().p90(),
        f.latency().p95(),
        f.latency().p99(),
        f.latency().max());
  }

  private static String number(double rate) {
    return String.format(Locale.ROOT, "%.3f", rate).replaceFirst("\\.?0+$", "");
  }

  private static String counts(Map<String, Long> counts) {
    return counts.entrySet().stream()
        .map(e -> String.format(Locale.ROOT, "%s × %,d", e.getKey(), e.getValue()))
        .collect(Collectors.joining(", "));
  }
}
