package dev.hivedeck.engine.config.yaml;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.hivedeck.engine.protocol.Config.Change;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import org.yaml.snakeyaml.DumperOptions.FlowStyle;
import org.yaml.snakeyaml.DumperOptions.ScalarStyle;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.error.Mark;
import org.yaml.snakeyaml.nodes.CollectionNode;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;

/**
 * Changes values in the text of a YAML mapping where they stand: comments, order, quotes, line ends
 * and all other lines stay as they are. What comes out is read again and must say what was wanted,
 * no more and no less.
 */
public final class YamlEdit {
  private static final int INDENT = 2;

  /** Keys of the file itself, and below them the names in a section. */
  private static final int SECTION = 1;

  private static final Comparator<JsonNode> BY_VALUE =
      (a, b) ->
          isFinite(a) && isFinite(b)
              ? a.decimalValue().compareTo(b.decimalValue())
              : a.equals(b) ? 0 : 1;

  private static boolean isFinite(JsonNode value) {
    return value.isNumber() && (value.isIntegralNumber() || Double.isFinite(value.doubleValue()));
  }

  private final String file;
  private final String text;
  private final String end;

  private YamlEdit(String file, String text) {
    this.file = file;
    this.text = text;
    this.end = text.contains("\r\n") ? "\r\n" : "\n";
  }

  /**
   * The text with all changes made, in their order.
   *
   * @param file its name, for messages
   * @throws HiveException {@code config-invalid} when the text is no YAML, {@code bad-place} when a
   *     change names no place in it, {@code config-unwritable} when it cannot be made safely
   */
  public static String apply(String file, String text, List<Change> changes) {
    var now = text;
    for (var change : changes) {
      var path = path(change.at());
      for (var step : new YamlEdit(file, now).steps(path, change.value())) {
        now = new YamlEdit(file, now).checked(step);
      }
    }
    return now;
  }

  private record Step(List<String> path, JsonNode value) {}

  private static List<String> path(String at) {
    try {
      var path = new ArrayList<String>();
      for (var p = JsonPointer.compile(at == null ? "" : at); !p.matches(); p = p.tail()) {
        path.add(p.getMatchingProperty());
      }
      if (!path.isEmpty() && path.stream().noneMatch(String::isEmpty)) {
        return path;
      }
    } catch (IllegalArgumentException e) {
      // Said below.
    }
    throw new HiveException(
        ErrorCode.BAD_PLACE,
        "\"" + Printable.line(at == null ? "" : at) + "\" is no place in a configuration.",
        "Write a JSON pointer such as /agents/codex/parallel.");
  }

  /** A mapping in the place of another becomes changes of its values: what stays is not touched. */
  private List<Step> steps(List<String> path, JsonNode value) {
    var there = at(tree(), path);
    if (!(value instanceof ObjectNode wanted
        && !wanted.isEmpty()
        && there instanceof ObjectNode old
        && !old.isEmpty())) {
      return List.of(new Step(path, value));
    }
    var steps = new ArrayList<Step>();
    wanted.properties().forEach(e -> steps.addAll(steps(below(path, e.getKey()), e.getValue())));
    old.properties().stream()
        .filter(e -> !wanted.has(e.getKey()))
        .forEach(e -> steps.add(new Step(below(path, e.getKey()), null)));
    return steps;
  }

  private static List<String> below(List<String> path, String key) {
    var longer = new ArrayList<>(path);
    longer.add(key);
    return longer;
  }

  private JsonNode tree() {
    return new YamlSource(file, text, ErrorCode.CONFIG_INVALID).root();
  }

  private static JsonNode at(JsonNode tree, List<String> path) {
    var node = tree;
    for (var key : path) {
      node = node.path(key);
    }
    return node;
  }

  private String checked(Step step) {
    var before = tree();
    var there = at(before, step.path());
    boolean same =
        step.value() == null ? there.isMissingNode() : there.equals(BY_VALUE, step.value());
    if (same) {
      return text;
    }
    var wanted = wanted(before.deepCopy(), step);
    String edited = step.value() == null ? remove(step.path()) : set(step.path(), step.value());
    JsonNode got;
    try {
      got = new YamlSource(file, edited, ErrorCode.CONFIG_INVALID).root();
    } catch (HiveException e) {
      throw unwritable(step.path(), e);
    }
    if (!wanted.equals(BY_VALUE, got)) {
      throw unwritable(step.path(), null);
    }
    return edited;
  }

  private HiveException unwritable(List<String> path, Exception cause) {
    return new HiveException(
        ErrorCode.CONFIG_UNWRITABLE,
        file + " is written in a way in which " + words(path) + " cannot be changed safely.",
        "Write each key on a line of its own, or change it yourself; nothing was written.",
        cause);
  }

  private static String words(List<String> path) {
    return Printable.line(String.join(" › ", path));
  }

  /** What the file is to say afterwards. */
  private JsonNode wanted(JsonNode tree, Step step) {
    var path = step.path();
    if (!(tree instanceof ObjectNode root)) {
      throw unwritable(path, null);
    }
    var parents = new ArrayList<ObjectNode>(List.of(root));
    for (var key : path.subList(0, path.size() - 1)) {
      var next = parents.getLast().get(key);
      if (next == null || next.isNull() || next.isTextual() && next.asText().isEmpty()) {
        if (step.value() == null) {
          return root;
        }
        next = parents.getLast().putObject(key);
      }
      if (!(next instanceof ObjectNode object)) {
        throw new HiveException(
            ErrorCode.BAD_PLACE,
            file + " has no " + words(path) + ": " + key + " holds no keys.",
            "Change " + key + " as a whole.");
      }
      parents.add(object);
    }
    if (step.value() != null) {
      parents.getLast().set(path.getLast(), step.value());
      return root;
    }
    parents.getLast().remove(path.getLast());
    for (int i = path.size() - 1; i > SECTION && parents.get(i).isEmpty(); i--) {
      parents.get(i - 1).remove(path.get(i - 1));
    }
    return root;
  }

  // ── setting ─────────────────────────────────────────────────────────────────────────────────

  private String set(List<String> path, JsonNode value) {
    Node root = compose();
    if (root == null) {
      return insertLines(text.length(), entry(0, path.getFirst(), nested(path, 1, value), 1));
    }
    Node node = root;
    NodeTuple entry = null;
    for (int i = 0; i < path.size(); i++) {
      if (!(node instanceof MappingNode mapping)) {
        return replace(entry, path.get(i - 1), nested(path, i, value), i);
      }
      var next = YamlSource.entry(mapping, path.get(i));
      if (next == null) {
        if (i > 0 && mapping.getValue().isEmpty() && !inFlow(entry)) {
          return replace(entry, path.get(i - 1), nested(path, i, value), i);
        }
        return insert(mapping, path.get(i), nested(path, i + 1, value), i + 1);
      }
      entry = next;
      node = next.getValueNode();
    }
    return replace(entry, path.getLast(), value, path.size());
  }

  /** The value with the keys around it that are not there yet. */
  private static JsonNode nested(List<String> path, int from, JsonNode value) {
    var node = value;
    for (int i = path.size() - 1; i >= from; i--) {
      node = Json.object().set(path.get(i), node);
    }
    return node;
  }

  private String insert(MappingNode mapping, String key, JsonNode value, int depth) {
    if (mapping.getFlowStyle() == FlowStyle.FLOW) {
      String said = YamlText.scalar(Json.tree(key), true) + ": " + YamlText.inline(value, true);
      if (mapping.getValue().isEmpty()) {
        return splice(start(mapping), end(mapping), "{ " + said + " }");
      }
      int at = end(mapping.getValue().getLast().getValueNode());
      return splice(at, at, ", " + said);
    }
    int indent = mapping.getValue().getFirst().getKeyNode().getStartMark().getColumn();
    int at = below(contentEnd(mapping), indent);
    return insertLines(at, entry(indent, key, value, depth));
  }

  /** The lines of a key and its value. */
  private List<String> entry(int indent, String key, JsonNode value, int depth) {
    var lines = new ArrayList<String>();
    String name = " ".repeat(indent) + YamlText.scalar(Json.tree(key), false) + ":";
    if (YamlText.isLong(value, depth)) {
      lines.add(name);
      value
          .properties()
          .forEach(e -> lines.addAll(entry(indent + INDENT, e.getKey(), e.getValue(), depth + 1)));
    } else {
      lines.addAll(YamlText.value(name, value, indent + INDENT));
    }
    return lines;
  }

  private String replace(NodeTuple entry, String key, JsonNode value, int depth) {
    Node old = entry.getValueNode();
    int indent = entry.getKeyNode().getStartMark().getColumn();
    if (inFlow(entry)) {
      return splice(start(old), end(old), spaced(old, YamlText.like(old, value, true)));
    }
    if (old instanceof SequenceNode list
        && list.getFlowStyle() != FlowStyle.FLOW
        && value.isArray()
        && !value.isEmpty()) {
      return items(list, value);
    }
    boolean below = YamlText.isLong(value, depth) || YamlText.isLiteral(value);
    boolean block =
        old instanceof CollectionNode<?> c && c.getFlowStyle() != FlowStyle.FLOW
            || isBlock(old)
            || below;
    if (!block) {
      return splice(start(old), end(old), spaced(old, YamlText.like(old, value, false)));
    }
    // Anew, below its key; a comment beside the key stays there.
    int colon = text.indexOf(':', end(entry.getKeyNode())) + 1;
    int lineEnd = lineEnd(colon);
    String rest = text.substring(colon, lineEnd);
    String comment = comment(rest, start(old) - colon, end(old) - colon, old);
    int until = Math.max(lineEnd, lineEnd(contentEnd(old)));
    var lines = entry(0, key, value, depth);
    String first = lines.getFirst().substring(lines.getFirst().indexOf(':', keyLength(key)) + 1);
    var rewritten = new StringBuilder(first).append(comment);
    for (var line : lines.subList(1, lines.size())) {
      rewritten.append(end).append(line.isEmpty() ? "" : " ".repeat(indent)).append(line);
    }
    return splice(colon, until, rewritten.toString());
  }

  private static int keyLength(String key) {
    return YamlText.scalar(Json.tree(key), false).length();
  }

  /** The comment on the line of a key, with the blanks before it. */
  private String comment(String rest, int from, int to, Node old) {
    String after =
        from >= rest.length() || from < 0
            ? rest
            : isBlock(old) ? rest.substring(from) : rest.substring(Math.min(to, rest.length()));
    int at = after.indexOf('#');
    while (at > 0 && after.charAt(at - 1) != ' ' && after.charAt(at - 1) != '\t') {
      at = after.indexOf('#', at + 1);
    }
    if (at < 0) {
      return "";
    }
    int blanks = at;
    while (blanks > 0 && Character.isWhitespace(after.charAt(blanks - 1))) {
      blanks--;
    }
    return at == 0 ? " " + after : after.substring(blanks).stripTrailing();
  }

  /** Items that stay keep their lines. */
  private String items(SequenceNode list, JsonNode wanted) {
    var old = list.getValue();
    var tree = new ArrayList<JsonNode>();
    old.forEach(node -> tree.add(YamlText.read(text.substring(start(node), contentEnd(node)))));
    int n = old.size();
    int m = wanted.size();
    var items = new ArrayList<JsonNode>();
    wanted.forEach(items::add);
    int[][] common = CommonSubsequence.lengths(tree, items);
    String dash = " ".repeat(column(dash(old.getFirst()))) + "- ";
    var edited = new StringBuilder(text.substring(0, lineStart(dash(old.getFirst()))));
    int i = 0;
    int j = 0;
    while (i < n || j < m) {
      if (i < n && j < m && wanted.get(j).equals(tree.get(i))) {
        edited.append(text, lineStart(dash(old.get(i))), itemEnd(old, i));
        i++;
        j++;
      } else if (j < m && (i == n || common[i][j + 1] >= common[i + 1][j])) {
        newLine(edited).append(dash).append(YamlText.inline(wanted.get(j++), false)).append(end);
      } else {
        edited.append(text, nextLine(contentEnd(old.get(i))), itemEnd(old, i));
        i++;
      }
    }
    return edited.append(text.substring(itemEnd(old, n - 1))).toString();
  }

  private StringBuilder newLine(StringBuilder written) {
    if (!written.isEmpty() && !isBreak(written.charAt(written.length() - 1))) {
      written.append(end);
    }
    return written;
  }

  private int dash(Node item) {
    return text.lastIndexOf('-', start(item) - 1);
  }

  /** Where the lines of an item end: those of the next begin there, or what comes after all. */
  private int itemEnd(List<Node> items, int i) {
    return i + 1 < items.size()
        ? lineStart(dash(items.get(i + 1)))
        : nextLine(contentEnd(items.get(i)));
  }

  // ── removing ────────────────────────────────────────────────────────────────────────────────

  private String remove(List<String> path) {
    var around = new ArrayList<MappingNode>();
    Node node = compose();
    for (var key : path) {
      if (!(node instanceof MappingNode mapping) || YamlSource.entry(mapping, key) == null) {
        return text;
      }
      around.add(mapping);
      node = YamlSource.entry(mapping, key).getValueNode();
    }
    int at = path.size() - 1;
    while (at > SECTION && around.get(at).getValue().size() == 1) {
      at--;
    }
    var mapping = around.get(at);
    var entry = YamlSource.entry(mapping, path.get(at));
    if (mapping.getFlowStyle() == FlowStyle.FLOW) {
      return removeFromFlow(mapping, entry);
    }
    int from = lineStart(start(entry.getKeyNode()));
    int indent = entry.getKeyNode().getStartMark().getColumn();
    int to = below(contentEnd(entry.getValueNode(), entry), indent + 1);
    if (at == 0 || mapping.getValue().size() > 1) {
      return splice(from, to, "");
    }
    // The last of its section: without it the section would say nothing at all.
    var section = YamlSource.entry(around.get(at - 1), path.get(at - 1));
    int colon = text.indexOf(':', end(section.getKeyNode())) + 1;
    return text.substring(0, colon) + " {}" + text.substring(colon, from) + text.substring(to);
  }

  private String removeFromFlow(MappingNode mapping, NodeTuple entry) {
    var entries = mapping.getValue();
    int i = entries.indexOf(entry);
    if (entries.size() == 1) {
      return splice(start(mapping), end(mapping), "{}");
    }
    return i + 1 < entries.size()
        ? splice(start(entry.getKeyNode()), start(entries.get(i + 1).getKeyNode()), "")
        : splice(end(entries.get(i - 1).getValueNode()), end(entry.getValueNode()), "");
  }

  // ── places in the text ──────────────────────────────────────────────────────────────────────

  private Node compose() {
    var options = new LoaderOptions();
    options.setCodePointLimit(Integer.MAX_VALUE);
    return NestingLimit.composer(text, options).getSingleNode();
  }

  /** Whether an entry stands in braces: then its value must not go on below it. */
  private boolean inFlow(NodeTuple entry) {
    if (entry == null) {
      return false;
    }
    int at = start(entry.getKeyNode());
    Node around = compose();
    while (around instanceof MappingNode mapping) {
      if (mapping.getFlowStyle() == FlowStyle.FLOW) {
        return true;
      }
      around =
          mapping.getValue().stream()
              .map(NodeTuple::getValueNode)
              .filter(value -> start(value) <= at && at < end(value))
              .findFirst()
              .orElse(null);
    }
    return false;
  }

  private static boolean isBlock(Node node) {
    return node instanceof ScalarNode s
        && (s.getScalarStyle() == ScalarStyle.LITERAL || s.getScalarStyle() == ScalarStyle.FOLDED);
  }

  private int start(Node node) {
    return offset(node.getStartMark());
  }

  private int end(Node node) {
    return offset(node.getEndMark());
  }

  /** Marks count code points. */
  private int offset(Mark mark) {
    return text.offsetByCodePoints(0, mark.getIndex());
  }

  private int contentEnd(Node node, NodeTuple entry) {
    return Math.max(contentEnd(node), end(entry.getKeyNode()));
  }

  /** Where the last letter of a value stands; what its mark says may be lines further. */
  private int contentEnd(Node node) {
    if (isBlock(node)) {
      int header = lineEnd(start(node));
      int to = Math.max(header, end(node));
      boolean keeps = text.substring(start(node), header).split("#", 2)[0].contains("+");
      String content = text.substring(header, to);
      return keeps && to > header ? to - 1 : header + content.stripTrailing().length();
    }
    if (node instanceof CollectionNode<?> c
        && c.getFlowStyle() != FlowStyle.FLOW
        && !c.getValue().isEmpty()) {
      return node instanceof MappingNode m
          ? contentEnd(m.getValue().getLast().getValueNode(), m.getValue().getLast())
          : contentEnd(((SequenceNode) node).getValue().getLast());
    }
    return end(node);
  }

  /** The line after a place, and after the comments right below it that stand in so far. */
  private int below(int place, int indent) {
    int at = nextLine(place);
    while (at < text.length()) {
      String line = text.substring(at, lineEnd(at));
      String said = line.stripLeading();
      if (!said.startsWith("#") || line.length() - said.length() < indent) {
        break;
      }
      at = nextLine(at);
    }
    return at;
  }

  private int column(int at) {
    return at - lineStart(at);
  }

  private int lineStart(int at) {
    int start = at;
    while (start > 0 && !isBreak(text.charAt(start - 1))) {
      start--;
    }
    return start;
  }

  private int lineEnd(int at) {
    int end = at;
    while (end < text.length() && !isBreak(text.charAt(end))) {
      end++;
    }
    return end;
  }

  private int nextLine(int at) {
    int next = lineEnd(at);
    if (next < text.length() && text.charAt(next) == '\r') {
      next++;
      return next < text.length() && text.charAt(next) == '\n' ? next + 1 : next;
    }
    return Math.min(next + 1, text.length());
  }

  /** As YAML's reader breaks lines. */
  private static boolean isBreak(char c) {
    return c == '\n' || c == '\r' || c == '\u0085' || c == '\u2028' || c == '\u2029';
  }

  private String splice(int from, int to, String with) {
    return text.substring(0, from) + with + text.substring(to);
  }

  private String insertLines(int at, List<String> lines) {
    var edited = newLine(new StringBuilder(text.substring(0, at)));
    lines.forEach(line -> edited.append(line).append(end));
    return edited.append(text.substring(at)).toString();
  }

  /** A value that comes where none was stands off its colon. */
  private String spaced(Node old, String value) {
    return start(old) == end(old) ? " " + value : value;
  }
}
