package dev.hivedeck.engine.slo.exchange;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator.Feature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.hivedeck.engine.protocol.HiveException;
import dev.hivedeck.engine.protocol.failure.ErrorCode;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeMap;

/** YAML of others, in and out. */
final class Yaml {
  private static final YAMLMapper MAPPER =
      YAMLMapper.builder()
          .disable(Feature.WRITE_DOC_START_MARKER)
          .enable(Feature.LITERAL_BLOCK_STYLE)
          .enable(Feature.MINIMIZE_QUOTES)
          .enable(Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
          .disable(Feature.SPLIT_LINES)
          .build();

  private Yaml() {}

  /** All documents of a text; a list of documents counts as so many. */
  static List<JsonNode> documents(String text, ErrorCode code) {
    var documents = new ArrayList<JsonNode>();
    try (var values = MAPPER.readerFor(JsonNode.class).<JsonNode>readValues(text)) {
      while (values.hasNextValue()) {
        var document = values.nextValue();
        if (document.isArray()) {
          document.forEach(documents::add);
        } else if (!document.isMissingNode() && !document.isNull()) {
          documents.add(document);
        }
      }
    } catch (JsonProcessingException e) {
      throw new HiveException(
          code,
          "The file is no YAML: "
              + (e.getLocation() == null ? "" : "line " + e.getLocation().getLineNr() + ", ")
              + e.getOriginalMessage(),
          "Mend that line.",
          e);
    } catch (IOException e) {
      throw new HiveException(code, "The file cannot be read: " + e.getMessage(), "", e);
    }
    return documents;
  }

  static JsonNode document(String text, ErrorCode code) {
    var documents = documents(text, code);
    if (documents.size() != 1) {
      throw new HiveException(
          code, "The file holds " + documents.size() + " documents, not one.", "Split it.");
    }
    return documents.getFirst();
  }

  static TreeMap<String, String> texts(JsonNode node) {
    var texts = new TreeMap<String, String>();
    node.properties().forEach(e -> texts.put(e.getKey(), e.getValue().asText()));
    return texts;
  }

  static String write(Object value) {
    try {
      return MAPPER.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException(e);
    }
  }
}
