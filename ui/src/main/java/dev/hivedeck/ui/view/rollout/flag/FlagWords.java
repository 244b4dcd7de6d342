package dev.hivedeck.ui.view.rollout.flag;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.audit.AuditEntry;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagRule;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagVariant;
import dev.hivedeck.engine.protocol.flag.FlagViews.WeightSource;
import dev.hivedeck.ui.shell.text.DisplayText;
import dev.hivedeck.ui.shell.text.Texts;
import dev.hivedeck.ui.shell.theme.Icon;
import dev.hivedeck.ui.shell.theme.Tone;
import java.util.Locale;
import java.util.stream.Collectors;

/** Flags as people say them. */
record FlagWords(Texts texts) {
  private static final double ALL = 100;

  String percent(double weight) {
    return texts.text("rollout.percent", weight);
  }

  /** Who gets what: {@code on 20%, off 80%}. */
  String shares(Flag f) {
    if (f.killed()) {
      return texts.text("flags.all", DisplayText.line(f.standard()));
    }
    return f.variants().stream()
        .filter(v -> v.weight() > 0)
        .map(v -> DisplayText.line(v.name()) + " " + percent(v.weight()))
        .collect(Collectors.joining(", "));
  }

  /** Who says so. */
  String by(Flag f) {
    return switch (f.by()) {
      case CONFIGURATION -> texts.text("flags.by.configuration");
      case PERSON -> texts.text("flags.by.person");
      case ROLLOUT ->
          f.rollout() == null ? texts.text("flags.by.rollout") : DisplayText.line(f.rollout());
    };
  }

  /** The same as a sentence. */
  String says(Flag f) {
    return f.by() == WeightSource.PERSON
        ? texts.text("flags.says.person")
        : texts.text("flags.says", by(f));
  }

  /** How it stands, in a word or two. */
  String state(Flag f) {
    if (f.killed()) {
      return texts.text("flags.state.killed");
    }
    if (f.rollout() != null) {
      return texts.text("flags.state.rollout", f.rollout());
    }
    double most = f.variants().stream().mapToDouble(FlagVariant::weight).max().orElse(ALL);
    return texts.text(
        most < ALL || !f.rules().isEmpty() ? "flags.state.split" : "flags.state.whole");
  }

  static Tone tone(Flag f) {
    return f.killed()
        ? Tone.RED
        : f.rollout() != null
            ? Tone.TEAL
            : f.by() == WeightSource.PERSON ? Tone.AMBER : Tone.NEUTRAL;
  }

  static Icon icon(Flag f) {
    return f.killed()
        ? Icon.STOP
        : f.rollout() != null
            ? Icon.ROLLOUT
            : f.by() == WeightSource.PERSON ? Icon.EDIT : Icon.FLAG;
  }

  /** A rule, as {@code plan in pro, team}. */
  String rule(FlagRule rule) {
    return DisplayText.line(
        rule.attribute()
            + " "
            + texts.text("flags.test." + rule.test().toLowerCase(Locale.ROOT))
            + " "
            + rule.values().stream().map(FlagWords::value).collect(Collectors.joining(", ")));
  }

  static String value(JsonNode value) {
    return value.isTextual() ? value.textValue() : value.toString();
  }

  /** What somebody did, in words. */
  String done(AuditEntry entry) {
    var fields = fields(entry);
    return switch (entry.command()) {
      case "flag.set" -> {
        var weight = percent(fields.path("weight").asDouble());
        var variant = fields.path("variant").asText("");
        yield fields.path("variant").isTextual()
            ? texts.text("flags.did.set", DisplayText.line(variant), weight)
            : texts.text("flags.did.set.only", weight);
      }
      case "flag.kill" -> {
        var because = fields.path("because").asText("");
        yield fields.path("because").isTextual() && !because.isBlank()
            ? texts.text("flags.did.kill.because", DisplayText.line(because))
            : texts.text("flags.did.kill");
      }
      case "flag.restore" -> texts.text("flags.did.restore");
      default -> entry.command();
    };
  }

  private static JsonNode fields(AuditEntry entry) {
    try {
      return Json.MAPPER.readTree(entry.fields());
    } catch (JsonProcessingException e) {
      return Json.object(); // it was cut: the word of the command is all that is known
    }
  }

  /** Who, and where they said it. */
  String who(AuditEntry entry) {
    var who = entry.who().equals(AuditEntry.YOU) ? texts.text("audit.you") : entry.who();
    return DisplayText.line(who) + " · " + texts.word("audit.by", entry.entryPoint());
  }
}
