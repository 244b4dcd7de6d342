package dev.hivedeck.engine.agent.dialect;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;

/** Spoils what an agent says, as chance has it. */
final class OutputFuzzer {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  private final RandomGenerator chance;

  OutputFuzzer(RandomGenerator chance) {
    this.chance = chance;
  }

  // ── values ──────────────────────────────────────────────────────────────────────────────────

  /** Of each kind that JSON has, and of those that no reader expects. */
  static List<JsonNode> wrong() {
    var deep = NODES.arrayNode();
    ArrayNode at = deep;
    for (int i = 0; i < 100; i++) {
      at = at.addArray();
    }
    var wide = NODES.objectNode();
    IntStream.range(0, 50).forEach(i -> wide.putObject("k" + i).put("id", i));
    return List.of(
        NODES.nullNode(),
        NODES.booleanNode(true),
        NODES.textNode(""),
        NODES.textNode("12"),
        NODES.textNode("\u0000\ud800 ‮ \n\\"),
        NODES.textNode("../../../../etc/passwd"),
        NODES.textNode("session in 1 1 1 status: 999 ".repeat(40)),
        NODES.numberNode(-1),
        NODES.numberNode(Long.MAX_VALUE),
        NODES.numberNode(1e300),
        NODES.numberNode(0.5),
        NODES.arrayNode(),
        NODES.objectNode(),
        NODES.arrayNode().add(NODES.nullNode()).add(1).add("x").add(NODES.objectNode()),
        deep,
        wide);
  }

  /**
   * The event with each of its fields in turn replaced by each wrong value, then left out; one of
   * very many fields gets some of these in each.
   */
  static List<JsonNode> each(JsonNode event) {
    var wrong = wrong();
    int places = places(event);
    int step = places > 40 ? 5 : 1; // not a divisor of how many there are
    var all = new ArrayList<JsonNode>();
    for (int place = 0; place < places; place++) {
      for (int i = place % step; i < wrong.size(); i += step) {
        all.add(with(event.deepCopy(), new int[] {place}, wrong.get(i)));
      }
      all.add(with(event.deepCopy(), new int[] {place}, null));
    }
    return all;
  }

  private static int places(JsonNode node) {
    int count = 0;
    for (JsonNode child : node) {
      count += 1 + places(child);
    }
    return count;
  }

  /** Replaces what is at a place, counted in order of reading. */
  private static JsonNode with(JsonNode node, int[] place, JsonNode value) {
    if (node instanceof ObjectNode object) {
      for (var field : List.copyOf(object.properties())) {
        if (place[0]-- == 0) {
          return value == null ? object.without(field.getKey()) : object.set(field.getKey(), value);
        }
        with(field.getValue(), place, value);
      }
    } else if (node instanceof ArrayNode array) {
      for (int i = 0; i < array.size(); i++) {
        if (place[0]-- == 0) {
          array.set(i, value);
          return array;
        }
        with(array.get(i), place, value);
      }
    }
    return node;
  }

  // ── lines ───────────────────────────────────────────────────────────────────────────────────

  /** The lines in order, some of them spoilt: as bytes, for not all of it is text. */
  List<byte[]> spoil(List<String> lines) {
    var spoilt = new ArrayList<byte[]>();
    for (String line : lines) {
      int times = chance.nextInt(4);
      spoilt.add(bytes(line));
      for (int i = 0; i < times; i++) {
        spoilt.add(spoil(line, lines.get(chance.nextInt(lines.size()))));
      }
    }
    return spoilt;
  }

  private byte[] spoil(String line, String other) {
    int cut = chance.nextInt(line.length() + 1);
    return switch (chance.nextInt(7)) {
      case 0 -> bytes(line.substring(0, cut)); // cut off
      case 1 -> bytes(line.substring(0, cut) + other); // two at once
      case 2 -> bytes(line.substring(0, cut) + other + line.substring(cut)); // one within another
      case 3 -> notText(line);
      case 4 -> bytes(line.replaceAll(":(-?\\d+)", ":\"$1\"")); // numbers as text
      case 5 -> bytes(line.replace("\"", "'"));
      default -> wrongly(line);
    };
  }

  private byte[] wrongly(String line) {
    JsonNode event = EventParsing.event(line);
    if (event == null) {
      return bytes(line);
    }
    var all = wrong();
    return bytes(
        with(
                event.deepCopy(),
                new int[] {chance.nextInt(Math.max(1, places(event)))},
                all.get(chance.nextInt(all.size())))
            .toString());
  }

  private byte[] notText(String line) {
    byte[] bytes = bytes(line);
    for (int i = 0; i < 1 + bytes.length / 50; i++) {
      bytes[chance.nextInt(bytes.length)] = (byte) (0x80 + chance.nextInt(0x80));
    }
    return bytes;
  }

  private static byte[] bytes(String line) {
    return line.getBytes(StandardCharsets.UTF_8);
  }

  /** Lines that are hard on who takes them for events. */
  static List<String> bombs(int longest) {
    int length = longest / 8;
    String half = "x".repeat(length);
    return List.of(
        "{\"type\":\"text\",\"part\":{\"text\":\"" + "x".repeat(longest) + "\"}}",
        "{\"a\":[" + "{},".repeat(longest / 3) + "{}]}",
        "{\"type\":\"error\",\"message\":\"" + "session in 1 1 ".repeat(length / 15) + "\"}",
        "{\"type\":\"error\",\"error\":{\"message\":\"" + "session".repeat(length / 7) + "\"}}",
        "{\"a\":" + "[".repeat(length),
        "{\"a\":" + "[".repeat(length / 2) + "]".repeat(length / 2) + "}",
        "{\"a\":" + "{\"a\":".repeat(length / 10) + "1" + "}".repeat(length / 10) + "}",
        "{\"a\":[" + "1e9,".repeat(length / 4) + "1]}",
        "{\"a\":" + "9".repeat(length) + "}",
        "{\"" + "k".repeat(length) + "\":1}",
        half,
        "{".repeat(length));
  }
}
