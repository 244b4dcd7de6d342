package dev.hivedeck.engine.simulator;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.function.Function;
import java.util.function.ToIntFunction;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;

/**
 * What an agent asks of its model with one request.
 *
 * @param tools that it offers
 * @param since how many tools have answered since the last prompt
 * @param all how many have in the whole conversation
 * @param prompts what its user said, the last one last
 * @param streams whether it wants events instead of one document
 */
record ModelRequest(
    String model, List<String> tools, int since, int all, List<String> prompts, boolean streams) {

  private static final Pattern MARK = Pattern.compile("\\[\\[scenario:([\\w-]+)]]");

  /** How an API's conversation is read, item by item. */
  interface Reader {
    /** How many results of tools an item holds. */
    int results(JsonNode item);

    /** Whether an item is what the user said, and nothing that the agent added of its own. */
    boolean prompt(JsonNode item);
  }

  static ModelRequest of(
      String model, Stream<JsonNode> tools, Iterable<JsonNode> items, Reader reader, boolean sse) {
    var all = StreamSupport.stream(items.spliterator(), false).toList();
    ToIntFunction<List<JsonNode>> sum = part -> part.stream().mapToInt(reader::results).sum();
    int from = all.size();
    while (from > 0
        && (reader.results(all.get(from - 1)) > 0 || !reader.prompt(all.get(from - 1)))) {
      from--;
    }
    return new ModelRequest(
        model,
        tools.map(JsonNode::asText).filter(name -> !name.isEmpty()).toList(),
        sum.applyAsInt(all.subList(from, all.size())),
        sum.applyAsInt(all),
        all.stream()
            .filter(item -> item.path("role").asText().equals("user"))
            .map(ModelRequest::text)
            .toList(),
        sse);
  }

  /** The words of a message, whichever of the shapes it has. */
  static String text(JsonNode message) {
    JsonNode content = message.path(message.has("parts") ? "parts" : "content");
    Function<JsonNode, String> word =
        part -> part.path("text").asText(part.path("content").asText());
    return content.isTextual()
        ? content.asText()
        : String.join(" ", content.valueStream().map(word).toList());
  }

  /** The scenario that the user asks for with {@code [[scenario:NAME]]}, or null. */
  String wanted() {
    String name = null;
    for (String prompt : prompts) {
      for (var m = MARK.matcher(prompt); m.find(); ) {
        name = m.group(1);
      }
    }
    return name;
  }
}
