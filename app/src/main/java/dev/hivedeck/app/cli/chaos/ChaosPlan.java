package dev.hivedeck.app.cli.chaos;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Durations;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import dev.hivedeck.engine.protocol.view.Word;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What goes wrong on a game day.
 *
 * @param recover how long it may take after a fault until all is well again
 * @param faults one after the other
 */
record ChaosPlan(Duration recover, List<Fault> faults) {
  static final Duration LONGEST = Duration.ofHours(1);
  private static final Duration MOST_FOR = Duration.ofMinutes(10);
  private static final Duration MOST_DELAY = Duration.ofSeconds(10);
  private static final int LARGEST = 256 << 10;

  ChaosPlan {
    faults = List.copyOf(faults);
  }

  /** How something goes wrong. */
  enum Kind implements Word {
    /** Its processes end at once. */
    KILL,
    /** Its processes stand still. */
    FREEZE,
    /** Its processes stand still nine tenths of the time. */
    STARVE,
    /** Requests through the gateway wait. */
    SLOW;

    static Kind of(String word) {
      return Word.parse(Kind.class, word);
    }
  }

  /**
   * Something that goes wrong.
   *
   * @param at from the beginning
   * @param agent whether {@code subject} is an agent, not a service
   * @param time how long; zero for a kill
   * @param delay of each request that is made slow
   */
  record Fault(
      Duration at, Kind kind, boolean agent, String subject, Duration time, Duration delay) {
    String words() {
      return Word.kebab(kind)
          + " "
          + (agent ? "agent " : "service ")
          + subject
          + (kind == Kind.SLOW ? " by " + Durations.words(delay) : "")
          + (time.isZero() ? "" : " for " + Durations.words(time));
    }
  }

  /** How long it takes at most. */
  Duration longest() {
    var end = Duration.ZERO;
    for (var fault : faults) {
      var begin = fault.at().compareTo(end) > 0 ? fault.at() : end;
      end = begin.plus(fault.time()).plus(recover.multipliedBy(2));
    }
    return end;
  }

  /**
   * Reads a file.
   *
   * @throws HiveException {@code bad-request} with the place of all that is wrong
   */
  static ChaosPlan read(Path file) {
    String text;
    try {
      if (Files.size(file) > LARGEST) {
        throw new IOException("it is larger than 256 KiB");
      }
      text = Files.readString(file);
    } catch (IOException e) {
      throw new HiveException(
          ErrorCode.BAD_REQUEST,
          file + " cannot be read: " + e.getMessage() + ".",
          "Name a file that says what goes wrong: hivedeck chaos chaos.yaml.",
          e);
    }
    return parse(String.valueOf(file.getFileName()), text);
  }

  static ChaosPlan parse(String file, String text) {
    var source = new YamlSource(file, text, ErrorCode.BAD_REQUEST);
    source.validate("chaos.schema.json");
    source.check("Nothing was done. The guide of chaos says what a plan has.");
    var recover = time(source, source.root(), "", "recover", Duration.ofMinutes(1), MOST_FOR);
    if (recover.isZero()) {
      source.wrong("/recover", "recover is no time to recover in; write 1m");
    }
    var faults = new ArrayList<Fault>();
    int index = 0;
    for (var node : source.root().path("faults")) {
      faults.add(fault(source, node, "/faults/" + index++));
    }
    var plan = new ChaosPlan(recover, faults);
    if (plan.longest().compareTo(LONGEST) > 0) {
      source.wrong("/faults", "it could take longer than an hour; leave some out, or recover less");
    }
    source.check("Nothing was done. The guide of chaos says what a plan has.");
    return plan;
  }

  private static Fault fault(YamlSource source, JsonNode node, String at) {
    var kind = Kind.of(node.path("do").asText());
    boolean agent = node.has("agent");
    if (agent == node.has("service")) {
      source.wrong(at, "say of what: service: orders, or agent: codex");
    }
    if (agent && kind == Kind.SLOW) {
      source.wrong(at + "/do", "slow is of services; starve an agent");
    }
    if (node.has("delay") && kind != Kind.SLOW) {
      source.wrong(at + "/delay", "delay is of slow");
    }
    if (node.has("for") && kind == Kind.KILL) {
      source.wrong(at + "/for", "a kill takes no time; leave it out");
    }
    return new Fault(
        time(source, node, at, "at", Duration.ZERO, LONGEST),
        kind,
        agent,
        node.path(agent ? "agent" : "service").asText(),
        kind == Kind.KILL
            ? Duration.ZERO
            : time(source, node, at, "for", Duration.ofSeconds(10), MOST_FOR),
        time(source, node, at, "delay", Duration.ofSeconds(1), MOST_DELAY));
  }

  private static Duration time(
      YamlSource source, JsonNode node, String at, String key, Duration otherwise, Duration most) {
    if (!node.hasNonNull(key)) {
      return otherwise;
    }
    String text = node.get(key).asText();
    var time = Durations.parse(text.toLowerCase(Locale.ROOT));
    if (time.isEmpty()) {
      source.wrong(at + "/" + key, "\"" + text + "\" is no time; write " + Durations.EXAMPLES);
    } else if (time.get().compareTo(most) > 0) {
      source.wrong(
          at + "/" + key, "\"" + text + "\" is too long; " + Durations.words(most) + " at most");
    }
    return time.orElse(otherwise);
  }
}
