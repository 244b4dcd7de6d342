package dev.hivedeck.ui;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import dev.hivedeck.engine.protocol.Json;
import dev.hivedeck.engine.protocol.Topic;
import dev.hivedeck.engine.protocol.view.View;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Texts that agents, plans and repositories may hold, and a workspace that is full of one. */
public final class HostileTexts {
  /** Where words come from outside; ids, states and times are the engine's own. */
  private static final Set<String> WORDS =
      Set.of(
          "title",
          "reason",
          "detail",
          "activity",
          "question",
          "summary",
          "message",
          "text",
          "remedy",
          "role",
          "why",
          "what",
          "repair",
          "comment",
          "options",
          "acceptance",
          "branch",
          "checkout",
          "plan",
          "model",
          "version",
          "kind",
          "fallback",
          "answer",
          "healthReasons",
          "problems",
          "author",
          "file",
          "gate",
          "path");

  private HostileTexts() {}

  public static Map<String, String> texts() {
    var texts = new LinkedHashMap<String, String>();
    texts.put("arabic", "عنوان المهمة باللغة العربية وهو طويل بما فيه الكفاية ليتم قصه في كل مكان");
    texts.put("hebrew", "כותרת המשימה בעברית והיא ארוכה מספיק כדי להיחתך בכל מקום שבו אין מקום");
    texts.put("mixed", "T-1 עברית then English עם العربية 123 and (brackets) again וחזרה");
    texts.put("thai", "หัวข้อของงานเป็นภาษาไทยและยาวพอที่จะถูกตัดออกที่นี่และที่อื่น");
    texts.put("hindi", "कार्य का शीर्षक हिंदी में है और इतना लंबा है कि हर जगह कट जाए");
    texts.put("chinese", "任务标题是中文并且足够长以便在这里被切断任务标题是中文并且足够长以便在这里被切断");
    texts.put(
        "emoji",
        "👨‍👩‍👧‍👦 ships 🚀 with 🇩🇪🏴󠁧󠁢󠁳󠁣󠁴󠁿 and 👍🏽 ❤️ 1️⃣ 👩‍💻 again and again 🎉");
    texts.put(
        "stacks", "Z" + "\u0334\u0321\u0322\u031b\u0348\u0301".repeat(40) + "algo comes again");
    texts.put(
        "controls",
        "a\u0000b\u0007c\u001b[31mred\u001b[0m\u0085\u2028line\r\nnext\ttab\u200b\ufeff\ud800");
    texts.put("overrides", "rm -rf \u202egnp.exe\u202c \u2066\u2067isolated\u2069 \u206aold end");
    texts.put("oneword", "x".repeat(400) + "_" + "ü".repeat(400));
    texts.put("lines", "first\nsecond\n\n\nthird\n".repeat(30));
    texts.put("large", "A title of a hundred thousand letters, ".repeat(2_600));
    texts.put("largeArabic", "عنوان المهمة باللغة العربية ".repeat(3_600));
    texts.put("braces", "{0} {1,number} '' ' %s <b>bold</b> &amp; \\u0041 {");
    return texts;
  }

  /** What the screens are walked with: all of them in one, one that never ends, one of lines. */
  public static Map<String, String> mixtures() {
    var all = texts();
    var large = List.of("large", "largeArabic", "oneword", "lines");
    var brief = new LinkedHashMap<>(all);
    brief.keySet().removeAll(large);
    return Map.of(
        "all", String.join(" ", brief.values()),
        "endless", all.get("largeArabic") + all.get("large"),
        "lines", all.get("oneword") + all.get("lines"));
  }

  /** The sample, its words replaced. */
  public static InMemoryEngineApi door(String text) {
    var door = new InMemoryEngineApi(Sample.CLOCK);
    var sample = Sample.door();
    sample
        .snapshot(Topic.all())
        .things()
        .forEach((topic, things) -> things.forEach(v -> door.seed(topic, spoilt(topic, v, text))));
    door.queries = _ -> Json.MAPPER.createArrayNode();
    return door;
  }

  private static View spoilt(Topic topic, View view, String text) {
    var tree = Json.tree(view).deepCopy();
    spoil(tree, text);
    return (View) Json.as(tree, topic.view());
  }

  private static void spoil(JsonNode node, String text) {
    if (node instanceof ObjectNode object) {
      for (var name : List.copyOf(fields(object))) {
        var value = object.get(name);
        boolean own =
            name.equals("kind")
                && (object.has("path") || object.has("blocks")); // the engine's word
        if (own || !WORDS.contains(name)) {
          spoil(value, text);
        } else if (value.isTextual()) {
          object.set(name, new TextNode(text));
        } else if (value instanceof ArrayNode array) {
          for (int i = 0; i < array.size(); i++) {
            array.set(i, new TextNode(text + i));
          }
        }
      }
    } else if (node instanceof ArrayNode array) {
      array.forEach(n -> spoil(n, text));
    }
  }

  private static List<String> fields(ObjectNode object) {
    var names = new java.util.ArrayList<String>();
    object.fieldNames().forEachRemaining(names::add);
    return names;
  }
}
