package dev.hivedeck.engine.config.flag;

import com.fasterxml.jackson.databind.JsonNode;
import java.math.BigDecimal;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A feature flag.
 *
 * @param name its key
 * @param variants its values, by name; all of one type
 * @param standard the variant of everybody who gets no other
 * @param weights of other variants, in thousandths of a percent
 * @param key the attribute that a share goes by
 * @param rules the first that fits is taken
 */
public record FlagConfig(
    String name,
    Map<String, JsonNode> variants,
    String standard,
    Map<String, Integer> weights,
    String key,
    List<Rule> rules) {
  /** What OpenFeature calls whoever asks. */
  public static final String TARGETING_KEY = "targetingKey";

  public FlagConfig {
    variants = Collections.unmodifiableMap(new LinkedHashMap<>(variants));
    weights = Collections.unmodifiableMap(new LinkedHashMap<>(weights));
    rules = List.copyOf(rules);
  }

  /** How an attribute is looked at. */
  public enum Test {
    EQUALS("equals"),
    IN("in"),
    STARTS("startsWith"),
    ENDS("endsWith");

    private final String word;

    Test(String word) {
      this.word = word;
    }

    /** As {@code hive.yaml} has it. */
    public String word() {
      return word;
    }

    private boolean fits(JsonNode has, JsonNode wanted) {
      return switch (this) {
        case EQUALS, IN -> isSame(has, wanted);
        case STARTS -> has.isTextual() && has.textValue().startsWith(wanted.asText());
        case ENDS -> has.isTextual() && has.textValue().endsWith(wanted.asText());
      };
    }

    private static boolean isSame(JsonNode a, JsonNode b) {
      if (!a.isNumber() || !b.isNumber()) {
        return a.equals(b);
      }
      return isFinite(a) && isFinite(b) && number(a).compareTo(number(b)) == 0;
    }

    /** One that is too large to be kept, as 1e400, is the same as no other. */
    private static boolean isFinite(JsonNode node) {
      return node.isIntegralNumber() || Double.isFinite(node.doubleValue());
    }

    private static BigDecimal number(JsonNode node) {
      return node.isIntegralNumber()
          ? new BigDecimal(node.bigIntegerValue())
          : BigDecimal.valueOf(node.doubleValue());
    }
  }

  /**
   * Who gets a variant, whatever the weights.
   *
   * @param values of which one has to fit; one, but for {@link Test#IN}
   */
  public record Rule(String attribute, Test test, List<JsonNode> values, String serve) {
    public Rule {
      values = List.copyOf(values);
    }

    /** Whether it is about whoever has this value; nobody, without one. */
    public boolean fits(@Nullable JsonNode has) {
      return has != null && values.stream().anyMatch(wanted -> test.fits(has, wanted));
    }
  }

  /** What a variant stands for; of one that there is. */
  public JsonNode value(String variant) {
    return Objects.requireNonNull(variants.get(variant));
  }

  /** boolean, string, number or object. */
  public String type() {
    return type(variants.get(standard));
  }

  /** What a value is: boolean, string, number or object; else its own word. */
  public static String type(@Nullable JsonNode value) {
    return value == null ? "nothing" : value.getNodeType().name().toLowerCase(Locale.ROOT);
  }
}
