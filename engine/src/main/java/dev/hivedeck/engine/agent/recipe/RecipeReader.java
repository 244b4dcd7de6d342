package dev.hivedeck.engine.agent.recipe;

import dev.hivedeck.engine.agent.Permission;
import dev.hivedeck.engine.agent.Question;
import dev.hivedeck.engine.agent.recipe.Recipe.Step;
import dev.hivedeck.engine.agent.recipe.Recipe.Timed;
import dev.hivedeck.engine.agent.recipe.Recipe.Turns;
import dev.hivedeck.engine.config.yaml.NestingLimit;
import dev.hivedeck.engine.config.yaml.YamlSource;
import dev.hivedeck.engine.protocol.Act;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;

/** Reads recipes from YAML, node by node, so that every complaint can name its line. */
final class RecipeReader {
  private static final Set<String> STEPS =
      new TreeSet<>(
          Set.of(
              "say", "think", "plan", "read", "wait", "write", "append", "edit", "delete", "run",
              "usage", "stage", "ask", "permit", "when", "fail", "hang", "crash"));
  private static final Pattern TIME = Pattern.compile("(\\d{1,6}(?:\\.\\d{1,3})?)(ms|s|m|h)");
  private static final int DEEPEST = 10;

  /** With aliases of aliases a few lines say more steps than anybody could wait for. */
  private static final int MOST = 100_000;

  private final Path file;
  private final String text;
  private int steps;

  RecipeReader(Path file, String text) {
    this.file = file;
    this.text = text;
  }

  Recipe read() {
    Map<String, Node> top = fields(root(), "pace", "tasks", "default");
    Duration pace = top.containsKey("pace") ? time(top.get("pace")) : Duration.ofSeconds(1);
    var tasks = new LinkedHashMap<String, List<List<Timed>>>();
    if (top.containsKey("tasks")) {
      fields(top.get("tasks")).forEach((task, node) -> tasks.put(task, turns(node)));
    }
    var otherwise = top.containsKey("default") ? turns(top.get("default")) : List.<List<Timed>>of();
    return new Recipe(file, pace, tasks, otherwise);
  }

  private Node root() {
    try {
      Node root = NestingLimit.composer(text, new LoaderOptions()).getSingleNode();
      if (root == null) {
        throw bad(null, "is empty", "Give it tasks: or default:.");
      }
      return root;
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 0 : e.getProblemMark().getLine() + 1;
      throw bad(line, "this is not YAML: " + e.getProblem(), "Check indentation and quotes there.");
    } catch (YAMLException e) {
      throw bad(null, "is not YAML: " + e.getMessage(), "Check indentation and quotes.");
    }
  }

  /** One list of steps for all turns, or {@code {turns: [[…], […]]}}. */
  private List<List<Timed>> turns(Node node) {
    if (!(node instanceof MappingNode)) {
      return List.of(steps(node, 0));
    }
    Node turns = need(node, fields(node, "turns"), "turns");
    var lists = items(turns).stream().map(turn -> steps(turn, 0)).toList();
    if (lists.isEmpty()) {
      throw bad(turns, "turns: has no turn", "Give it a list of lists of steps.");
    }
    return lists;
  }

  private List<Timed> steps(Node node, int depth) {
    if (depth > DEEPEST) {
      throw bad(node, "steps are nested too deep", "Nest when: at most " + DEEPEST + " times.");
    }
    return items(node).stream().map(step -> step(step, depth)).toList();
  }

  private Timed step(Node node, int depth) {
    if (++steps > MOST) {
      throw bad(node, "has more than " + MOST + " steps", "Split it by agent.");
    }
    var fields = new LinkedHashMap<>(fields(node));
    Node takes = fields.remove("takes");
    if (fields.size() != 1) {
      throw bad(
          node,
          "a step is one thing to do, this has " + fields.keySet(),
          "Write each as its own list item, for example - say: Reading the orders.");
    }
    var verb = fields.entrySet().iterator().next();
    return new Timed(
        step(verb.getKey(), verb.getValue(), depth), takes == null ? null : time(takes));
  }

  private Step step(String verb, Node value, int depth) {
    return switch (verb) {
      case "plan" ->
          value instanceof MappingNode
              ? new Step.Plan(todos(fields(value, "done", "doing", "open")))
              : new Step.Tell(verb, text(value));
      case "say", "think", "read" -> new Step.Tell(verb, text(value));
      case "wait" -> new Step.Wait(time(value));
      case "write" -> {
        var f = fields(value, "file", "text");
        yield new Step.Write(path(value, f), text(need(value, f, "text")));
      }
      case "append" -> {
        var f = fields(value, "file", "text");
        yield new Step.Append(path(value, f), text(need(value, f, "text")));
      }
      case "edit" -> {
        var f = fields(value, "file", "replace", "with");
        String replace = text(need(value, f, "replace"));
        if (replace.isEmpty()) {
          throw bad(value, "replace: is empty", "Give the text to replace.");
        }
        yield new Step.Edit(path(value, f), replace, text(need(value, f, "with")));
      }
      case "delete" -> new Step.Delete(inside(value, text(value)));
      case "run" ->
          new Step.Run(
              value instanceof ScalarNode
                  ? text(value)
                  : text(need(value, fields(value, "command"), "command")));
      case "usage" -> {
        var f = fields(value, "in", "out", "cost");
        yield new Step.Usage(
            number(f.get("in")).longValue(),
            number(f.get("out")).longValue(),
            number(f.get("cost")).doubleValue());
      }
      case "stage" -> new Step.Stage(stage(value));
      case "ask" -> new Step.Ask(question(value));
      case "permit" -> {
        var f = fields(value, "tool", "what", "where", "detail");
        yield new Step.Permit(
            new Permission(
                text(need(value, f, "tool")),
                text(need(value, f, "what")),
                optional(f, "where", null),
                optional(f, "detail", null)));
      }
      case "when" -> {
        var f = fields(value, "answer", "steps");
        yield new Step.When(
            text(need(value, f, "answer")), steps(need(value, f, "steps"), depth + 1));
      }
      case "fail" -> {
        var f = endings(value, "turns", "exit", "text");
        int exit = f.containsKey("exit") ? number(f.get("exit")).intValue() : 1;
        if (exit < 1 || exit > 255) {
          throw bad(f.get("exit"), "exit: " + exit + " is no failure", "Use 1 to 255.");
        }
        yield new Step.Fail(turns(f), exit, optional(f, "text", "failed"));
      }
      case "hang" -> new Step.Hang(turns(endings(value, "turns")));
      case "crash" -> {
        var f = endings(value, "turns", "text");
        yield new Step.Crash(turns(f), optional(f, "text", "crashed"));
      }
      default ->
          throw bad(
              value,
              "there is no step " + verb + ":",
              "Steps are " + String.join(", ", STEPS) + ".");
    };
  }

  /** Each of them one text or a list of them. */
  private List<Act.Todo> todos(Map<String, Node> fields) {
    var todos = new ArrayList<Act.Todo>();
    for (var state : List.of(Act.Todo.State.DONE, Act.Todo.State.DOING, Act.Todo.State.OPEN)) {
      Node node = fields.get(state.word());
      var items =
          node == null ? List.<Node>of() : node instanceof ScalarNode ? List.of(node) : items(node);
      items.forEach(item -> todos.add(new Act.Todo(text(item), state)));
    }
    return todos;
  }

  private Question question(Node value) {
    var f = fields(value, "kind", "question", "detail", "options", "fallback");
    var options =
        f.containsKey("options")
            ? items(f.get("options")).stream().map(this::text).toList()
            : List.<String>of();
    String fallback = optional(f, "fallback", null);
    if (fallback != null && !options.isEmpty() && !options.contains(fallback)) {
      throw bad(
          f.get("fallback"),
          "fallback: " + fallback + " is not among the options",
          "Use one of " + String.join(", ", options) + ".");
    }
    return new Question(
        optional(f, "kind", null),
        text(need(value, f, "question")),
        optional(f, "detail", null),
        options,
        fallback);
  }

  private int stage(Node value) {
    int percent = number(value).intValue();
    if (percent < 0 || percent > 100) {
      throw bad(value, "a stage is a percentage, not " + percent, "Use 25, 50 or 75.");
    }
    return percent;
  }

  /** A step such as {@code - hang:} may have nothing after it. */
  private Map<String, Node> endings(Node value, String... known) {
    return Tag.NULL.equals(value.getTag()) ? Map.of() : fields(value, known);
  }

  private Turns turns(Map<String, Node> fields) {
    int first = fields.containsKey("turns") ? number(fields.get("turns")).intValue() : 0;
    if (fields.containsKey("turns") && first < 1) {
      throw bad(
          fields.get("turns"), "turns: counts the first turns, from 1", "Omit it for always.");
    }
    return new Turns(first);
  }

  // ── nodes ───────────────────────────────────────────────────────────────────────────────────

  /**
   * @param known names that are allowed; none for any
   */
  private Map<String, Node> fields(Node node, String... known) {
    plain(node);
    if (!(node instanceof MappingNode mapping)) {
      throw bad(
          node,
          "here belongs a mapping" + (known.length == 0 ? "" : " with " + String.join(", ", known)),
          "Write name: value, indented.");
    }
    var fields = new LinkedHashMap<String, Node>();
    for (NodeTuple tuple : mapping.getValue()) {
      String name = text(tuple.getKeyNode());
      if (known.length > 0 && !Arrays.asList(known).contains(name)) {
        throw bad(
            tuple.getKeyNode(),
            "there is no " + name + ": here",
            "Known are " + String.join(", ", known) + ".");
      }
      if (fields.put(name, tuple.getValueNode()) != null) {
        throw bad(tuple.getKeyNode(), name + ": is there twice", "Remove one of them.");
      }
    }
    return fields;
  }

  private Node need(Node node, Map<String, Node> fields, String name) {
    Node value = fields.get(name);
    if (value == null) {
      throw bad(node, name + ": is missing", "Add " + name + ":.");
    }
    return value;
  }

  private List<Node> items(Node node) {
    plain(node);
    if (node instanceof SequenceNode sequence) {
      return new ArrayList<>(sequence.getValue());
    }
    throw bad(node, "here belongs a list", "Begin each item with - .");
  }

  private String text(Node node) {
    plain(node);
    if (node instanceof ScalarNode scalar && !Tag.NULL.equals(node.getTag())) {
      return scalar.getValue();
    }
    throw bad(node, "here belongs a text", "Put it into quotes when it has : or # in it.");
  }

  private void plain(Node node) {
    String odd = node == null ? null : YamlSource.odd(node);
    if (odd != null) {
      throw bad(node, odd, "Write it as plain text, a list or a mapping.");
    }
  }

  private String optional(Map<String, Node> fields, String name, String otherwise) {
    return fields.containsKey(name) ? text(fields.get(name)) : otherwise;
  }

  private BigDecimal number(Node node) {
    if (node == null) {
      return BigDecimal.ZERO;
    }
    try {
      var number = new BigDecimal(text(node));
      if (number.signum() >= 0) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw bad(node, "\"" + text(node) + "\" is no number", "Write digits only.");
    }
    throw bad(node, "a number below zero makes no sense here", "Use 0 or more.");
  }

  private Duration time(Node node) {
    Matcher m = TIME.matcher(text(node).strip());
    if (!m.matches()) {
      throw bad(node, "\"" + text(node) + "\" is no time", "Write it like 500ms, 2s, 1.5m or 1h.");
    }
    long unit =
        switch (m.group(2)) {
          case "ms" -> 1;
          case "s" -> 1_000;
          case "m" -> 60_000;
          default -> 3_600_000;
        };
    return Duration.ofMillis(
        new BigDecimal(m.group(1)).multiply(BigDecimal.valueOf(unit)).longValue());
  }

  private String path(Node node, Map<String, Node> fields) {
    Node file = need(node, fields, "file");
    return inside(file, text(file));
  }

  private String inside(Node node, String path) {
    var names = Arrays.asList(path.split("[/\\\\]"));
    if (path.isBlank() || path.startsWith("/") || names.contains("..") || names.contains(".git")) {
      throw bad(
          node,
          "\"" + path + "\" is not in the worktree",
          "Give a path relative to the repository's root.");
    }
    return path;
  }

  private HiveException bad(Node node, String what, String remedy) {
    return bad(node == null ? 0 : node.getStartMark().getLine() + 1, what, remedy);
  }

  private HiveException bad(int line, String what, String remedy) {
    return new HiveException(
        ErrorCode.RECIPE_INVALID, file + (line > 0 ? ":" + line + ": " : " ") + what + ".", remedy);
  }
}
