package dev.hivedeck.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What models cost, for agents that tell their tokens and no price. A table comes with Hivedeck;
 * {@code prices:} in {@code hive.yaml} goes before it.
 *
 * @param own of {@code hive.yaml}, by the beginning of a model's name
 */
public record ModelPrices(Map<String, Price> own) {

  /** Those of the table that comes along. */
  public static final ModelPrices STANDARD = new ModelPrices(Map.of());

  /** US dollars for a million tokens: read, read from a cache, written. */
  public record Price(double in, double cached, double out) {

    /**
     * @param in all tokens read, those from the cache among them
     */
    public double of(long in, long cached, long out) {
      return ((in - cached) * this.in + cached * this.cached + out * this.out) / 1e6;
    }
  }

  /** Read when a price is asked for: most starts ask for none. */
  private static final class Table {
    static final Map<String, Price> MODELS = read();

    private static Map<String, Price> read() {
      try (var in = ModelPrices.class.getResourceAsStream("/hivedeck/prices.yaml")) {
        var models = new HashMap<String, Price>();
        new YAMLMapper()
            .readTree(in)
            .path("models")
            .properties()
            .forEach(e -> models.put(e.getKey(), price(e.getValue())));
        return Map.copyOf(models);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
  }

  static Price price(JsonNode node) {
    double in = node.path("in").asDouble();
    return new Price(in, node.path("cached").asDouble(in), node.path("out").asDouble());
  }

  /**
   * The price of a model: that of the longest name with which it begins, since names grow dates and
   * editions. A provider before a slash does not count.
   */
  public Optional<Price> of(String model) {
    if (model == null) {
      return Optional.empty();
    }
    String whole = model.toLowerCase(Locale.ROOT);
    String name = whole.substring(whole.lastIndexOf('/') + 1);
    return Stream.of(own, Table.MODELS)
        .flatMap(models -> models.entrySet().stream())
        .filter(e -> name.startsWith(e.getKey()) || whole.startsWith(e.getKey()))
        .reduce((a, b) -> b.getKey().length() > a.getKey().length() ? b : a)
        .map(Map.Entry::getValue);
  }
}
