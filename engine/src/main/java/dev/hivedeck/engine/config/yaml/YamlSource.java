package dev.hivedeck.engine.config.yaml;

import static java.util.regex.Pattern.CASE_INSENSITIVE;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.NullNode;
import com.fasterxml.jackson.databind.node.TextNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Printable;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.yaml.snakeyaml.LoaderOptions;
import org.yaml.snakeyaml.composer.Composer;
import org.yaml.snakeyaml.error.MarkedYAMLException;
import org.yaml.snakeyaml.error.YAMLException;
import org.yaml.snakeyaml.nodes.MappingNode;
import org.yaml.snakeyaml.nodes.Node;
import org.yaml.snakeyaml.nodes.NodeId;
import org.yaml.snakeyaml.nodes.NodeTuple;
import org.yaml.snakeyaml.nodes.ScalarNode;
import org.yaml.snakeyaml.nodes.SequenceNode;
import org.yaml.snakeyaml.nodes.Tag;
import org.yaml.snakeyaml.resolver.Resolver;

/**
 * A YAML text with the line of every value, and the errors found in it so far, so that a person
 * gets all of them at once and each with its place.
 */
public final class YamlSource {
  private static final int LARGEST = 256 << 20;
  private static final Resolver RESOLVER = new Resolver();
  static final YAMLMapper MAPPER = new YAMLMapper();
  private static final Pattern ENDLESS = Pattern.compile("[-+]?\\.(inf|nan)", CASE_INSENSITIVE);

  private final String file;
  private final ErrorCode code;
  private final Node written;
  private final JsonNode root;
  private final List<Problem> problems = new ArrayList<>();

  private record Problem(int line, String text) {}

  private record Rules(Schema schema, JsonNode text) {}

  /** Compiling a schema takes longer than reading what is held to it. */
  private static final Map<String, Rules> RULES = new ConcurrentHashMap<>();

  /**
   * @param file its name, for messages
   * @param code of the exception that {@link #check} throws
   * @throws HiveException {@code code} when it is not YAML at all
   */
  public YamlSource(String file, String text, ErrorCode code) {
    this(file, code, composed(file, text, code, composer -> composer.getSingleNode()));
  }

  private YamlSource(String file, ErrorCode code, Node written) {
    this.file = file;
    this.code = code;
    this.written = written;
    this.root =
        guarded(
            file,
            code,
            () -> {
              if (written != null) {
                walk(written);
                check("Write each thing once, as plain text, and out.");
              }
              JsonNode read = written == null ? NullNode.instance : tree(written, new HashMap<>());
              return read.isNull() ? Json.object() : read;
            });
  }

  /**
   * All documents of a text, each with its lines in the whole of it; empty ones are left out.
   *
   * @param file its name, for messages
   * @param code of the exceptions
   * @throws HiveException {@code code} when it is not YAML at all
   */
  public static List<YamlSource> documents(String file, String text, ErrorCode code) {
    return composed(
            file,
            text,
            code,
            composer -> {
              var nodes = new ArrayList<Node>();
              while (composer.checkNode()) {
                nodes.add(composer.getNode());
              }
              return nodes;
            })
        .stream()
        .map(node -> new YamlSource(file, code, node))
        .filter(source -> !source.root.isEmpty())
        .toList();
  }

  private static <T> T composed(
      String file, String text, ErrorCode code, Function<Composer, T> read) {
    if (text.length() > LARGEST) {
      throw new HiveException(
          code, file + " is larger than " + (LARGEST >> 20) + " MB.", "Split it.");
    }
    var options = new LoaderOptions();
    options.setCodePointLimit(LARGEST);
    options.setAllowDuplicateKeys(false);
    options.setMaxAliasesForCollections(50);
    return guarded(file, code, () -> read.apply(NestingLimit.composer(text, options)));
  }

  private static <T> T guarded(String file, ErrorCode code, Supplier<T> read) {
    try {
      return read.get();
    } catch (MarkedYAMLException e) {
      int line = e.getProblemMark() == null ? 1 : e.getProblemMark().getLine() + 1;
      throw new HiveException(
          code,
          file + ":" + line + ": not valid YAML: " + e.getProblem(),
          "Fix that line; indentation and quotes are the usual causes.");
    } catch (YAMLException e) {
      throw new HiveException(
          code,
          file + ": not valid YAML: " + e.getMessage().lines().findFirst().orElse(""),
          "Fix it and try again.");
    }
  }

  /** Looks at every node, without recursion: plans can be deep and long. */
  private void walk(Node first) {
    record Place(Node node, int line) {}
    var todo = new ArrayDeque<Place>();
    var met = Collections.newSetFromMap(new IdentityHashMap<Node, Boolean>());
    todo.push(new Place(first, line(first)));
    while (!todo.isEmpty()) {
      var place = todo.pop();
      if (!met.add(place.node())) {
        // Followed, a few aliases of aliases would fill any memory.
        wrong(place.line(), "aliases (*name) are not understood here; write the value out");
        continue;
      }
      plain(place.node(), place.line());
      if (place.node() instanceof MappingNode mapping) {
        var seen = new HashMap<String, Integer>();
        for (var entry : mapping.getValue()) {
          if (entry.getKeyNode() instanceof ScalarNode key) {
            int line = line(key);
            Integer before = seen.put(key.getValue(), line);
            if (before != null) {
              wrong(line, "\"" + key.getValue() + "\" is there twice, first on line " + before);
            }
            plain(key, line);
            todo.push(new Place(entry.getValueNode(), line));
          } else {
            wrong(place.line(), "a list or a mapping is a key here; a key is one word or text");
          }
        }
      } else if (place.node() instanceof SequenceNode sequence) {
        sequence.getValue().forEach(item -> todo.push(new Place(item, line(item))));
      }
    }
  }

  private static int line(Node node) {
    return node.getStartMark().getLine() + 1;
  }

  /**
   * The values of nodes that were looked at.
   *
   * @param words what is plainly written and no text, each read once
   */
  private static JsonNode tree(Node node, Map<String, JsonNode> words) {
    return switch (node) {
      case MappingNode mapping -> {
        var object = Json.object();
        for (var entry : mapping.getValue()) {
          String key = ((ScalarNode) entry.getKeyNode()).getValue();
          object.set(key, tree(entry.getValueNode(), words));
        }
        yield object;
      }
      case SequenceNode sequence -> {
        var list = Json.MAPPER.createArrayNode();
        sequence.getValue().forEach(item -> list.add(tree(item, words)));
        yield list;
      }
      case ScalarNode scalar when scalar.getTag().equals(Tag.STR) ->
          TextNode.valueOf(scalar.getValue());
      case ScalarNode scalar when scalar.getTag().equals(Tag.NULL) -> NullNode.instance;
      case ScalarNode scalar -> words.computeIfAbsent(scalar.getValue(), YamlSource::word);
      default -> throw new IllegalStateException(node.getNodeId() + " was let through");
    };
  }

  private static JsonNode word(String plain) {
    try {
      return MAPPER.readTree(plain);
    } catch (JsonProcessingException e) {
      throw new YAMLException(e.getOriginalMessage(), e);
    }
  }

  private void plain(Node node, int line) {
    String odd = odd(node);
    if (odd != null) {
      wrong(line, odd);
    }
  }

  /**
   * What is wrong with a node that has no form in JSON, or would be read as something else than is
   * written: bytes, sets, merges, numbers without end.
   *
   * @return null when nothing is
   */
  public static String odd(Node node) {
    Tag tag = node.getTag();
    if (!(node instanceof ScalarNode scalar)) {
      return tag.equals(node instanceof MappingNode ? Tag.MAP : Tag.SEQ) ? null : tagged(tag);
    }
    String value = scalar.getValue();
    if (value.indexOf('\0') >= 0) {
      return "a NUL character is here; no command, path or name can have one";
    }
    if (tag.equals(Tag.MERGE)) {
      return "merges (<<) are not understood here; write the keys out";
    }
    if (tag.equals(Tag.FLOAT) && isEndless(value)) {
      return "\"" + value + "\" is no number to count with; write a smaller one, in digits";
    }
    boolean natural =
        tag.equals(Tag.STR) || tag.equals(RESOLVER.resolve(NodeId.scalar, value, scalar.isPlain()));
    return natural ? null : tagged(tag);
  }

  private static boolean isEndless(String number) {
    try {
      return !Double.isFinite(Double.parseDouble(number.replace("_", "")));
    } catch (NumberFormatException e) {
      return ENDLESS.matcher(number).matches();
    }
  }

  private static String tagged(Tag tag) {
    String name = tag.getValue();
    return "the tag "
        + (name.startsWith(Tag.PREFIX) ? "!!" + name.substring(Tag.PREFIX.length()) : name)
        + " is not understood here; write the value without it";
  }

  public JsonNode root() {
    return root;
  }

  /** The line, from 1, of the value at a JSON pointer, or of the nearest value around it. */
  public int line(String pointer) {
    Node node = written;
    int line = node == null ? 1 : line(node);
    for (var at = JsonPointer.compile(pointer); !at.matches(); at = at.tail()) {
      String step = at.getMatchingProperty();
      int index = at.getMatchingIndex();
      if (node instanceof SequenceNode list && index >= 0 && index < list.getValue().size()) {
        node = list.getValue().get(index);
        line = line(node);
        continue;
      }
      var entry = node instanceof MappingNode mapping ? entry(mapping, step) : null;
      if (entry == null) {
        break;
      }
      node = entry.getValueNode();
      line = line(entry.getKeyNode());
    }
    return line;
  }

  /** A key with its value; null when the mapping does not have it. */
  public static NodeTuple entry(MappingNode mapping, String key) {
    return mapping.getValue().stream()
        .filter(e -> e.getKeyNode() instanceof ScalarNode name && name.getValue().equals(key))
        .findFirst()
        .orElse(null);
  }

  /** Notes something wrong at a JSON pointer. */
  public void wrong(String pointer, String text) {
    wrong(line(pointer), text);
  }

  private void wrong(int line, String text) {
    problems.add(new Problem(line, text));
  }

  private static Rules rules(String schema) {
    String text = resource(schema);
    return new Rules(
        SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
            .getSchema(text, InputFormat.JSON),
        Json.read(text, JsonNode.class));
  }

  /** Holds the text to a JSON Schema among the resources. */
  public void validate(String schema) {
    var rules = RULES.computeIfAbsent(schema, YamlSource::rules);
    for (var error : rules.schema().validate(root)) {
      String at = error.getInstanceLocation().toString();
      boolean named = error.getKeyword().equals("additionalProperties");
      wrong(named ? at + "/" + step(error.getProperty()) : at, explain(error, at, rules.text()));
    }
  }

  private static String explain(com.networknt.schema.Error error, String at, JsonNode rules) {
    String key = error.getProperty();
    String where = at.isEmpty() ? "" : " in " + words(at);
    return switch (error.getKeyword()) {
      case "additionalProperties" -> {
        JsonNode here = rules.at(around(error.getSchemaLocation().getFragment().toString()));
        yield "unknown key \""
            + key
            + "\""
            + where
            + DidYouMean.to(key, keys(here.path("properties")));
      }
      case "required" -> "\"" + key + "\" is missing" + where;
      case "enum", "const" -> {
        var allowed = allowed(error.getSchemaNode());
        String got = error.getInstanceNode().asText();
        yield words(at)
            + " is \""
            + got
            + "\"; it must be "
            + String.join(", ", allowed)
            + DidYouMean.to(got, allowed);
      }
      case "false" -> words(at) + " is not part of this release yet";
      case "type" ->
          "%s is of the wrong kind: %s instead of %s%s"
              .formatted(
                  words(at),
                  kind(error.getInstanceNode()),
                  allowed(error.getSchemaNode()).stream()
                      .map(YamlSource::kind)
                      .collect(Collectors.joining(" or ")),
                  example(error, rules));
      case "minimum" -> bound(error, at, "at least");
      case "maximum" -> bound(error, at, "at most");
      case "exclusiveMinimum" -> bound(error, at, "more than");
      case "exclusiveMaximum" -> bound(error, at, "less than");
      case "minLength", "minItems", "minProperties" ->
          error.getSchemaNode().asInt() == 1
              ? words(at) + " is empty"
              : words(at) + " has too little; it must have " + error.getSchemaNode() + " or more";
      case "maxLength", "maxItems", "maxProperties" ->
          words(at) + " has too much; it must have " + error.getSchemaNode() + " or less";
      case "uniqueItems" -> words(at) + " has something twice";
      default -> words(at) + ": " + error.getMessage();
    };
  }

  /** How it is written, where the schema shows it. */
  private static String example(com.networknt.schema.Error error, JsonNode rules) {
    var examples =
        rules.at(around(error.getSchemaLocation().getFragment().toString())).path("examples");
    return examples.isEmpty() ? "" : "; write " + examples.get(0).asText();
  }

  private static String bound(com.networknt.schema.Error error, String at, String how) {
    return "%s is %s; it must be %s %s"
        .formatted(words(at), error.getInstanceNode(), how, error.getSchemaNode());
  }

  /** What a value is, as somebody says it who writes YAML. */
  private static String kind(JsonNode value) {
    return kind(
        switch (value.getNodeType()) {
          case OBJECT -> "object";
          case ARRAY -> "array";
          case BOOLEAN -> "boolean";
          case NUMBER -> "number";
          case NULL, MISSING -> "null";
          default -> "string";
        });
  }

  private static String kind(String type) {
    return switch (type) {
      case "object" -> "keys with values";
      case "array" -> "a list";
      case "boolean" -> "true or false";
      case "integer" -> "a whole number";
      case "number" -> "a number";
      case "null" -> "nothing";
      default -> "text";
    };
  }

  private static List<String> keys(JsonNode properties) {
    return properties.properties().stream().map(Map.Entry::getKey).toList();
  }

  private static List<String> allowed(JsonNode rule) {
    var list = new ArrayList<String>();
    if (rule.isArray()) {
      rule.forEach(n -> list.add(n.asText()));
    } else {
      list.add(rule.asText());
    }
    return list;
  }

  /** {@code /agents/lint/driver} as a person says it. */
  private static String words(String pointer) {
    return pointer.isEmpty()
        ? "the file"
        : pointer.substring(1).replace("/", " › ").replace("~1", "/").replace("~0", "~");
  }

  private static String around(String pointer) {
    return pointer.substring(0, Math.max(0, pointer.lastIndexOf('/')));
  }

  /** A key as a step of a JSON pointer. */
  private static String step(String key) {
    return key.replace("~", "~0").replace("/", "~1");
  }

  private static String resource(String name) {
    try (var in = YamlSource.class.getResourceAsStream("/hivedeck/schema/" + name)) {
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /**
   * @throws HiveException with all problems noted so far, by line; none, no exception
   */
  public void check(String hint) {
    if (problems.isEmpty()) {
      return;
    }
    var text = new StringBuilder();
    problems.stream()
        .distinct()
        .sorted(Comparator.comparingInt(Problem::line))
        .limit(20)
        .forEach(
            p ->
                text.append(text.isEmpty() ? "" : "\n")
                    .append(file)
                    .append(':')
                    .append(p.line())
                    .append(": ")
                    .append(Printable.line(p.text())));
    if (problems.size() > 20) {
      text.append("\n… and ").append(problems.size() - 20).append(" more");
    }
    throw new HiveException(code, text.toString(), hint);
  }
}
