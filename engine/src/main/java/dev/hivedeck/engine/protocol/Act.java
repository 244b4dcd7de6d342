package dev.hivedeck.engine.protocol;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonSubTypes;
import com.fasterxml.jackson.annotation.JsonTypeInfo;
import dev.hivedeck.engine.protocol.view.Word;
import java.util.List;
import java.util.Locale;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * One thing that an agent does, whoever made the agent: every driver tells what it hears in these
 * words. What takes time is told twice with the same {@code id}, when it begins and when it is
 * over. Long texts are cut, with a word that says so.
 */
@JsonTypeInfo(use = JsonTypeInfo.Id.NAME, property = "type")
@JsonSubTypes({
  @JsonSubTypes.Type(value = Act.Say.class, name = "say"),
  @JsonSubTypes.Type(value = Act.Think.class, name = "think"),
  @JsonSubTypes.Type(value = Act.Plan.class, name = "plan"),
  @JsonSubTypes.Type(value = Act.Read.class, name = "read"),
  @JsonSubTypes.Type(value = Act.Edit.class, name = "edit"),
  @JsonSubTypes.Type(value = Act.Run.class, name = "run"),
  @JsonSubTypes.Type(value = Act.Ask.class, name = "ask"),
  @JsonSubTypes.Type(value = Act.Tool.class, name = "tool"),
  @JsonSubTypes.Type(value = Act.Spend.class, name = "spend"),
  @JsonSubTypes.Type(value = Act.Raw.class, name = "raw"),
})
public sealed interface Act {

  /** The word for it in the log. */
  @JsonIgnore
  String kind();

  /** What it is in one line. */
  @JsonIgnore
  String text();

  /** The same with each of its texts changed. */
  Act map(UnaryOperator<String> change);

  /** What both tellings of an act have in common; null for one that is told once. */
  default @Nullable String twin() {
    @Nullable String id =
        switch (this) {
          case Edit e -> e.id();
          case Run r -> r.id();
          case Ask a -> a.id();
          case Tool t -> t.id();
          case Say _, Think _, Plan _, Read _, Spend _, Raw _ -> null;
        };
    return id == null || id.isBlank() ? null : kind() + " " + id;
  }

  /** To people. */
  record Say(String words) implements Act {
    public Say {
      words = cut(words, LONG);
    }

    @Override
    public String kind() {
      return "say";
    }

    @Override
    public String text() {
      return line(words);
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return new Say(change.apply(words));
    }
  }

  /** To itself. */
  record Think(String words) implements Act {
    public Think {
      words = cut(words, LONG);
    }

    @Override
    public String kind() {
      return "think";
    }

    @Override
    public String text() {
      return line(words);
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return new Think(change.apply(words));
    }
  }

  /** What it means to do, as it stands now; replaces the plan before. */
  record Plan(List<Todo> todos) implements Act {
    public Plan {
      todos = todos.stream().limit(100).toList();
    }

    @Override
    public String kind() {
      return "plan";
    }

    @Override
    public String text() {
      long done = todos.stream().filter(t -> t.state() == Todo.State.DONE).count();
      String now =
          todos.stream()
              .filter(t -> t.state() == Todo.State.DOING)
              .map(t -> " · " + line(t.text()))
              .findFirst()
              .orElse("");
      return done + " of " + todos.size() + " done" + now;
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return new Plan(
          todos.stream().map(t -> new Todo(change.apply(t.text()), t.state())).toList());
    }
  }

  /** A line of its to-do list. */
  record Todo(String text, State state) {
    public Todo {
      text = cut(text, 1_000);
    }

    public enum State implements Word {
      OPEN,
      DOING,
      DONE;

      @com.fasterxml.jackson.annotation.JsonCreator
      public static State of(String word) {
        return Word.parse(State.class, word);
      }
    }
  }

  /**
   * Looked at something.
   *
   * @param what a path, a pattern or an address
   */
  record Read(String what) implements Act {
    public Read {
      what = cut(what, 2_000);
    }

    @Override
    public String kind() {
      return "read";
    }

    @Override
    public String text() {
      return line(what);
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return new Read(change.apply(what));
    }
  }

  /**
   * Changed a file.
   *
   * @param path as the agent names it
   * @param diff in the unified format, or empty where the agent does not tell
   * @param done null when it was refused or went wrong
   */
  record Edit(String id, String path, String diff, @Nullable Boolean done) implements Act {
    public Edit {
      path = cut(path, 2_000);
      diff = cut(diff, LONG);
    }

    @Override
    public String kind() {
      return "edit";
    }

    @Override
    public String text() {
      return line(path) + size("+") + size("-") + (done == null ? " · not done" : "");
    }

    private String size(String sign) {
      long lines =
          diff.lines()
              .filter(l -> l.startsWith(sign) && !l.startsWith(sign + sign + sign + " "))
              .count();
      return lines == 0 ? "" : " " + sign + lines;
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return new Edit(id, change.apply(path), change.apply(diff), done);
    }
  }

  /**
   * Ran a command.
   *
   * @param output both streams, so far
   * @param exit null while it runs; -1 when it ended otherwise, or was not let run
   */
  record Run(String id, String command, String output, @Nullable Integer exit) implements Act {
    public Run {
      command = cut(command, 4_000);
      output = cut(output, LONG);
    }

    @Override
    public String kind() {
      return "run";
    }

    @Override
    public String text() {
      return line(command) + (exit == null || exit == 0 ? "" : " · exit " + exit);
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return new Run(id, change.apply(command), change.apply(output), exit);
    }
  }

  /**
   * Asked a person.
   *
   * @param answer null while it waits
   */
  record Ask(String id, String question, @Nullable String answer) implements Act {
    public Ask {
      question = cut(question, 4_000);
    }

    @Override
    public String kind() {
      return "ask";
    }

    @Override
    public String text() {
      return line(question) + (answer == null ? "" : " · " + line(answer));
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return new Ask(id, change.apply(question), answer == null ? null : change.apply(answer));
    }
  }

  /**
   * Used any other tool.
   *
   * @param input and
   * @param output as the agent tells them, mostly JSON
   * @param ok null while it runs
   */
  record Tool(String id, String name, String input, String output, @Nullable Boolean ok)
      implements Act {
    public Tool {
      name = cut(name, 200);
      input = cut(input, LONG);
      output = cut(output, LONG);
    }

    @Override
    public String kind() {
      return "tool";
    }

    @Override
    public String text() {
      return line(name + (input.isBlank() ? "" : " " + input))
          + (Boolean.FALSE.equals(ok) ? " · failed" : "");
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return new Tool(id, change.apply(name), change.apply(input), change.apply(output), ok);
    }
  }

  /**
   * Used up tokens, since it last said so.
   *
   * @param in tokens read, those from a cache among them
   * @param cached how many of these came from a cache
   * @param out tokens written, thoughts among them
   * @param cost in US dollars; null when nobody says
   */
  record Spend(long in, long cached, long out, @Nullable Double cost) implements Act {
    public static final Spend NOTHING = new Spend(0, 0, 0, 0.0);

    /** Nothing yet, of what nobody says the cost. */
    public static final Spend UNPRICED = new Spend(0, 0, 0, null);

    /** More than anything ever used; who tells of more is not believed, and sums stay numbers. */
    private static final long MOST = 1L << 50;

    public Spend {
      in = Math.clamp(in, 0, MOST);
      cached = Math.clamp(cached, 0, MOST);
      out = Math.clamp(out, 0, MOST);
      cost = cost == null || !Double.isFinite(cost) || cost < 0 ? null : cost;
    }

    /** Read and written together. */
    @JsonIgnore
    public long tokens() {
      return in + out;
    }

    /** As far as it is known. */
    @JsonIgnore
    public double dollars() {
      return cost == null ? 0 : cost;
    }

    @Override
    public String kind() {
      return "spend";
    }

    @Override
    public String text() {
      String tokens = String.format(Locale.ROOT, "%,d tokens in, %,d out", in, out);
      return cost == null ? tokens : tokens + String.format(Locale.ROOT, " · $%.4f", cost);
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return this;
    }

    /** Both together; of unknown cost when one of them is. */
    public Spend plus(Spend more) {
      return new Spend(
          in + more.in,
          cached + more.cached,
          out + more.out,
          cost == null || more.cost == null ? null : cost + more.cost);
    }

    /** What came on top of an earlier total; never less than nothing. */
    public Spend since(Spend before) {
      Double more = cost;
      if (cost != null && before.cost != null) {
        more = Math.max(0, cost - before.cost);
      }
      return new Spend(
          Math.max(0, in - before.in),
          Math.max(0, cached - before.cached),
          Math.max(0, out - before.out),
          more);
    }
  }

  /** Said something that its driver does not know. */
  record Raw(String json) implements Act {
    public Raw {
      json = cut(json, LONG);
    }

    @Override
    public String kind() {
      return "raw";
    }

    @Override
    public String text() {
      return line(json);
    }

    @Override
    public Act map(UnaryOperator<String> change) {
      return new Raw(change.apply(json));
    }
  }

  /** No text of an act is longer, in characters. */
  int LONG = 32 << 10;

  private static String line(String text) {
    String first = text.strip().lines().findFirst().orElse("");
    return first.length() > 300 ? first.substring(0, 299) + "…" : first;
  }

  /** The beginning and, since that tells how it went, more of the end. */
  private static String cut(@Nullable String text, int longest) {
    if (text == null) {
      return "";
    }
    if (text.length() <= longest) {
      return text;
    }
    int head = longest / 4;
    int tail = longest - head - 100;
    return text.substring(0, head)
        + "\n… "
        + (text.length() - head - tail)
        + " characters left out …\n"
        + text.substring(text.length() - tail);
  }
}
