package dev.hivedeck.app.cli.flag;

import dev.hivedeck.app.cli.TextTable;
import dev.hivedeck.engine.config.yaml.SharePercent;
import dev.hivedeck.engine.protocol.flag.FlagViews.Flag;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagRule;
import dev.hivedeck.engine.protocol.flag.FlagViews.FlagVariant;
import dev.hivedeck.engine.protocol.view.Word;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** Feature flags as text. */
final class FlagText {
  private static final int WIDEST = 60;

  private FlagText() {}

  static String list(List<Flag> all) {
    if (all.isEmpty()) {
      return "No flag. flags: in .hivedeck/hive.yaml says who gets which variant of something.";
    }
    var table = new TextTable("Flag", "Type", "Who gets what", "Rules", "By", "Now");
    all.forEach(
        f ->
            table.row(
                f.id(),
                f.type(),
                f.variants().stream()
                    .filter(v -> v.weight() > 0)
                    .map(v -> v.name() + " " + SharePercent.words(v.weight()))
                    .collect(Collectors.joining(", ")),
                Integer.toString(f.rules().size()),
                Word.kebab(f.by()),
                now(f)));
    return table.toString();
  }

  private static String now(Flag f) {
    if (f.killed()) {
      return "killed: all get " + f.standard() + because(f);
    }
    return f.rollout() == null ? "" : f.rollout();
  }

  private static String because(Flag f) {
    return f.because().isEmpty() ? "" : "; " + f.because();
  }

  static String show(Flag f) {
    var text = new StringBuilder(f.id()).append(": ").append(f.type());
    if (f.killed()) {
      text.append(", killed: everybody gets ").append(f.standard()).append(because(f));
    } else {
      text.append(", shares by ").append(f.key()).append(", as ").append(by(f));
    }
    var table = new TextTable("Variant", "Value", "Share", "Reported", "Failed");
    for (FlagVariant v : f.variants()) {
      String value = v.value().toString();
      table.row(
          v.name() + (v.name().equals(f.standard()) ? " (default)" : ""),
          value.length() > WIDEST ? value.substring(0, WIDEST) + "…" : value,
          SharePercent.words(v.weight()),
          String.format(Locale.ROOT, "%,d", v.reported()),
          String.format(Locale.ROOT, "%,d", v.failed()));
    }
    text.append("\n\n").append(table);
    if (!f.rules().isEmpty()) {
      var rules = new TextTable("Rule", "Serves");
      f.rules().forEach(r -> rules.row(rule(r), r.serve()));
      text.append('\n').append(rules);
    }
    return text.toString();
  }

  private static String by(Flag f) {
    return switch (f.by()) {
      case CONFIGURATION -> "hive.yaml says";
      case PERSON -> "you set it";
      case ROLLOUT -> f.rollout() == null ? "its last rollout left it" : f.rollout() + " says";
    };
  }

  private static String rule(FlagRule rule) {
    return rule.attribute()
        + " "
        + rule.test()
        + " "
        + rule.values().stream().map(Object::toString).collect(Collectors.joining(", "));
  }
}
