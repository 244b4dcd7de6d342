package dev.hivedeck.engine.rollout.proxy;

import dev.hivedeck.engine.config.rollout.ProxyConfig;
import dev.hivedeck.engine.rollout.bucketing.Bucket;
import dev.hivedeck.engine.rollout.bucketing.Split;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.Function;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * nginx by a file that it includes: which key has which upstream, and the format of the log that
 * says what became of it. The others stand before the base, so that one that grows keeps whom it
 * has.
 */
final class Nginx implements Proxy {
  private static final String MARK = "# Written by Hivedeck.";
  private static final int ERRORS = 500;

  /** Hundredths of a percent are what it can share by. */
  private static final int LEAST = 10;

  /** After so many looks at the latest it is told again what it refused. */
  private static final int RAREST = 60;

  private static final Pattern SHARE = Pattern.compile("\\s*([\\d.]+)%\\s+(\\S+);");
  private static final Pattern SECONDS = Pattern.compile("\\d+\\.\\d+");

  private final ProxyConfig config;
  private final ProxyConfig.Nginx own;
  private final String variable;
  private final Path file;
  private final Function<String, VersionTally> tallies;
  private final Map<String, String> versions = new HashMap<>();
  private final AccessLog log;
  private final @Nullable NginxStatus status;

  /** What it was last told to read, and read. */
  private String loaded = "";

  private @Nullable Refused refused;

  /**
   * What was refused last.
   *
   * @param looks how many go by until it is told again
   * @param left of these
   */
  private record Refused(String text, String why, int looks, int left) {}

  Nginx(
      String service,
      ProxyConfig config,
      ProxyConfig.Nginx own,
      Function<String, VersionTally> tallies) {
    this.config = config;
    this.own = own;
    this.variable = ProxyConfig.Nginx.variable(service);
    this.file = Path.of(own.file());
    this.tallies = tallies;
    own.upstreams().forEach((version, upstream) -> versions.put(upstream, version));
    this.log = new AccessLog(Path.of(own.log()));
    this.status = own.status() == null ? null : new NginxStatus(own.status(), variable);
  }

  @Override
  public synchronized Standing follow(@Nullable Split wanted) throws IOException {
    String text = read();
    if (text.isEmpty() || wanted != null || status != null) {
      String next = text(wanted == null ? split(text) : wanted);
      boolean isTaken =
          (wanted == null || next.equals(loaded)) && (status == null || status.runs(next));
      if (!next.equals(text) || !isTaken) {
        tell(next, text);
        text = next;
      }
    }
    try {
      log.read(this::count);
    } catch (IOException e) {
      throw new IOException(
          "nginx's log %s cannot be read: %s; write access_log %s %s; in its files"
              .formatted(own.log(), why(e), own.log(), variable),
          e);
    }
    return new Standing(weights(text), Set.of());
  }

  private static String why(IOException e) {
    return e instanceof NoSuchFileException ? "there is none" : String.valueOf(e.getMessage());
  }

  private String read() throws IOException {
    String text;
    try {
      text = Files.readString(file);
    } catch (NoSuchFileException e) {
      return "";
    } catch (IOException e) {
      throw new IOException(file + " cannot be read: " + e.getMessage(), e);
    }
    if (!text.isBlank() && !text.startsWith(MARK)) {
      throw new IOException(
          file + " is another's, and is not written over; name a file that is Hivedeck's alone");
    }
    return text.isBlank() ? "" : text;
  }

  /** As a file has it. */
  private Split split(String text) {
    var weights = weights(text);
    weights.remove(config.base());
    return Split.of(config.base(), weights);
  }

  /** Tells it, less and less often while the same is refused. */
  private void tell(String next, String before) throws IOException {
    var last = refused;
    boolean again = last != null && last.text().equals(next);
    if (last != null && again && last.left() > 0) {
      refused = new Refused(next, last.why(), last.looks(), last.left() - 1);
      throw new IOException(last.why());
    }
    try {
      load(next, before);
      refused = null;
    } catch (IOException e) {
      int looks = last != null && again ? Math.min(2 * last.looks(), RAREST) : 1;
      refused = new Refused(next, String.valueOf(e.getMessage()), looks, looks);
      throw e;
    }
  }

  /** What nginx refuses is taken back before it is asked to read anything. */
  private void load(String next, String before) throws IOException {
    write(next);
    try {
      new ProxyCommand(own.test()).run();
    } catch (IOException e) {
      write(before); // empty where there was none: what includes it goes on as it did
      throw e;
    }
    new ProxyCommand(own.reload()).run();
    if (status != null) {
      status.await(next);
    }
    loaded = next;
  }

  private void write(String text) throws IOException {
    try {
      Path temporary = file.resolveSibling(file.getFileName() + ".new");
      Files.writeString(temporary, text);
      Files.move(
          temporary, file, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new IOException(file + " cannot be written: " + e.getMessage(), e);
    }
  }

  String text(Split split) {
    var text = new StringBuilder(MARK).append(" Changes are written over.\n");
    text.append("split_clients \"").append(own.key()).append("\" $").append(variable);
    text.append(" {\n");
    int left = Bucket.COUNT;
    for (String version : config.versions()) {
      int weight = version.equals(config.base()) ? 0 : shared(split.weight(version));
      weight = Math.min(weight, left);
      if (weight > 0) {
        left -= weight;
        text.append(
            String.format(Locale.ROOT, "    %.2f%% %s;%n", weight / 1000.0, upstream(version)));
      }
    }
    text.append("    * ").append(upstream(config.base())).append(";\n}\n");
    text.append("log_format ").append(variable).append(" '$").append(variable);
    text.append(" $status $request_time $upstream_header_time';\n");
    return status == null ? text.toString() : status.with(text.toString());
  }

  /** Nobody who is to have a share has none, and nobody has all of it who is to have less. */
  private static int shared(int weight) {
    if (weight <= 0 || weight >= Bucket.COUNT) {
      return Math.clamp(weight, 0, Bucket.COUNT);
    }
    int rounded = Math.round(weight / (float) LEAST) * LEAST;
    return Math.clamp(rounded, LEAST, Bucket.COUNT - LEAST);
  }

  private String upstream(String version) {
    return Objects.requireNonNull(own.upstreams().get(version));
  }

  private Map<String, Integer> weights(String text) {
    var weights = new LinkedHashMap<String, Integer>();
    int left = Bucket.COUNT;
    for (String line : text.lines().toList()) {
      var share = SHARE.matcher(line);
      if (share.matches()) {
        int weight = (int) Math.round(Double.parseDouble(share.group(1)) * 1000);
        String version = versions.get(share.group(2));
        if (version != null) {
          weights.merge(version, weight, Integer::sum);
          left -= weight;
        }
      }
    }
    weights.merge(config.base(), Math.max(0, left), Integer::sum);
    return weights;
  }

  /** A line of the log: the upstream, the status, and how long it took. */
  private void count(String line) {
    String[] words = line.split(" ", 4);
    String version = words.length < 4 ? null : versions.get(words[0]);
    if (version == null || words[1].length() != 3) {
      return;
    }
    try {
      boolean error = Integer.parseInt(words[1]) >= ERRORS;
      var begun = SECONDS.matcher(words[3]);
      double seconds = 0;
      boolean isKnown = false;
      while (begun.find()) {
        seconds += Double.parseDouble(begun.group()); // of those that it tried
        isKnown = true;
      }
      tallies.apply(version).answered(error, isKnown ? seconds : Double.parseDouble(words[2]));
    } catch (NumberFormatException e) {
      // Another's line says nothing of a version.
    }
  }
}
