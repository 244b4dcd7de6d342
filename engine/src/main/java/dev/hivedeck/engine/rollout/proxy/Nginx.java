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

  private static final Pattern SHARE =
      Pattern.compile("\\s*(\\d{1,3}(?:\\.\\d{1,9})?)%\\s+(\\S+);");
  private static final Pattern REST = Pattern.compile("\\s*\\*\\s+(\\S+);");
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
    String next = wanted == null ? kept(text) : text(wanted);
    if (!next.equals(text) || !isTaken(next, wanted != null)) {
      tell(next, text);
      text = next;
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

  /**
   * As a file stays while nobody rules: what is shared by it, and how, is not written over. A
   * server that says which file it is may come and go.
   */
  private String kept(String text) throws IOException {
    if (text.isEmpty()) {
      return text(Split.all(config.base()));
    }
    var standing = new Standing(weights(text), Set.of());
    if (status == null) {
      return text;
    }
    String shares = shares(standing.split(config.base()));
    return text.startsWith(shares) ? status.with(shares) : text;
  }

  /**
   * Whether nginx goes by a file that is there.
   *
   * @throws IOException in words, when it does not say
   */
  private boolean isTaken(String text, boolean isRuled) throws IOException {
    if (status == null) {
      return !isRuled || text.equals(loaded);
    }
    return !status.isIn(text) || status.runs(text);
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

  /**
   * What nginx refuses is taken back before it is asked to read anything. So is a new server that
   * says which file it is, where nginx does not have it: it might not start with that again.
   */
  private void load(String next, String before) throws IOException {
    boolean isNew = status != null && !status.isIn(before);
    if (status != null && isNew) {
      status.mustBeFree();
    }
    write(next);
    try {
      new ProxyCommand(own.test()).run();
    } catch (IOException e) {
      write(before); // empty where there was none: what includes it goes on as it did
      throw e;
    }
    try {
      new ProxyCommand(own.reload()).run();
      if (status != null) {
        status.await(next);
      }
    } catch (IOException e) {
      if (isNew) {
        write(before.isEmpty() ? NginxStatus.without(next) : before);
        reload(e);
      }
      throw e;
    }
    loaded = next;
  }

  /** Has it read what was written back, if it does. */
  private void reload(IOException because) {
    try {
      new ProxyCommand(own.reload()).run();
    } catch (IOException e) {
      because.addSuppressed(e);
    }
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

  private String text(Split split) {
    String shares = shares(split);
    return status == null ? shares : status.with(shares);
  }

  private String shares(Split split) {
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
    return text.toString();
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

  private Map<String, Integer> weights(String text) throws IOException {
    var weights = new LinkedHashMap<String, Integer>();
    int left = Bucket.COUNT;
    String rest = config.base();
    for (String line : text.lines().toList()) {
      var share = SHARE.matcher(line);
      var others = REST.matcher(line);
      if (share.matches()) {
        int weight = (int) Math.round(Double.parseDouble(share.group(1)) * 1000);
        weight = Math.min(weight, left);
        weights.merge(version(share.group(2)), weight, Integer::sum);
        left -= weight;
      } else if (others.matches()) {
        rest = version(others.group(1));
      }
    }
    weights.merge(rest, left, Integer::sum);
    return weights;
  }

  private String version(String upstream) throws IOException {
    String version = versions.get(upstream);
    if (version == null) {
      throw new IOException(
          "%s gives requests to %s, which is no upstream of a version in hive.yaml; name it there, or empty that file"
              .formatted(file, upstream));
    }
    return version;
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
