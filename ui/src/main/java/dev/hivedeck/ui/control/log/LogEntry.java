package dev.hivedeck.ui.control.log;

import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.Query.LogLine;
import java.time.Duration;
import java.util.List;
import java.util.Locale;

/**
 * One thing in a log: a line, or an act that was told when it began and again when it was over.
 * Belongs to the FX thread.
 */
final class LogEntry {
  private final LogLine first;
  private LogLine last;
  private Boolean opened;

  LogEntry(LogLine line) {
    this.first = line;
    this.last = line;
  }

  /** Its place in the log. */
  long index() {
    return first.index();
  }

  /** When it began. */
  LogLine first() {
    return first;
  }

  /** What is known of it by now. */
  LogLine last() {
    return last;
  }

  Act act() {
    return last.act();
  }

  String kind() {
    return last.kind();
  }

  /** It was told of again. */
  void again(LogLine line) {
    last = line;
  }

  Duration took() {
    return first.at() == null || last.at() == null
        ? Duration.ZERO
        : Duration.between(first.at(), last.at());
  }

  /** Whether more than its line is shown: as the person chose, else what agents say. */
  boolean open() {
    return opened == null ? kind().equals("say") : opened;
  }

  void open(boolean wanted) {
    opened = wanted;
  }

  /** Whether the person opened or closed it. */
  Boolean chosen() {
    return opened;
  }

  /** Whether these letters, in lower case, stand anywhere in it. */
  boolean has(String letters) {
    return texts().stream().anyMatch(text -> text.toLowerCase(Locale.ROOT).contains(letters));
  }

  private List<String> texts() {
    return switch (act()) {
      case null -> List.of(last.text());
      case Act.Say(String words) -> List.of(words);
      case Act.Think(String words) -> List.of(words);
      case Act.Plan(List<Act.Todo> todos) -> todos.stream().map(Act.Todo::text).toList();
      case Act.Read(String what) -> List.of(what);
      case Act.Edit e -> List.of(e.path(), e.diff());
      case Act.Run r -> List.of(r.command(), r.output());
      case Act.Ask a -> List.of(last.text(), a.question());
      case Act.Tool t -> List.of(t.name(), t.input(), t.output());
      case Act.Spend _ -> List.of(last.text());
      case Act.Raw(String json) -> List.of(json);
    };
  }

  /** How many characters it holds, about. */
  static long weight(LogLine line) {
    long more =
        switch (line.act()) {
          case null -> 0;
          case Act.Say(String words) -> words.length();
          case Act.Think(String words) -> words.length();
          case Act.Plan(List<Act.Todo> todos) -> todos.size() * 100L;
          case Act.Read(String what) -> what.length();
          case Act.Edit e -> e.path().length() + e.diff().length();
          case Act.Run r -> r.command().length() + r.output().length();
          case Act.Ask a -> a.question().length();
          case Act.Tool t -> t.input().length() + t.output().length();
          case Act.Spend _ -> 0;
          case Act.Raw(String json) -> json.length();
        };
    return line.text().length() + more;
  }
}
