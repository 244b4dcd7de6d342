package dev.hivedeck.engine.config;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * What models cost, for agents that tell their tokens and no price. The table that comes with
 * Hivedeck is of a certain day; {@code prices:} in {@code hive.yaml} goes before it.
 *
 * @param models by the beginning of a model's name
 * @param asOf the day of the table
 */
public record Prices(Map<String, Price> models, String asOf) {
  private static final String TABLE = "/hivedeck/prices.yaml";

  /** US dollars for a million tokens: read, read from a cache, written. */
  public record Price(double in, double cached, double out) {

    /**
     * @param in all tokens read, those from the cache among them
     */
    public double of(long in, long cached, long out) {
      return ((in - cached) * this.in + cached * this.cached + out * this.out) / 1e6;
    }
  }

  public static final Prices STANDARD = standard();

  private static Prices standard() {
    try (var in = Prices.class.getResourceAsStream(TABLE)) {
      JsonNode table = new YAMLMapper().readTree(in);
      var models = new HashMap<String, Price>();
      table.path("models").properties().forEach(e -> models.put(e.getKey(), price(e.getValue())));
      return new Prices(Map.copyOf(models), table.path("as-of").asText());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Price price(JsonNode node) {
    double in = node.path("in").asDouble();
    return new Price(in, node.path("cached").asDouble(in), node.path("out").asDouble());
  }

  Prices with(Map<String, Price> others) {
    var all = new HashMap<>(models);
    all.putAll(others);
    return new Prices(Map.copyOf(all), asOf);
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
    return models.entrySet().stream()
        .filter(e -> name.startsWith(e.getKey()) || whole.startsWith(e.getKey()))
        .max(Comparator.comparing(e -> e.getKey().length()))
        .map(Map.Entry::getValue);
  }
}
