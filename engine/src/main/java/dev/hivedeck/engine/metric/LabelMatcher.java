package dev.hivedeck.engine.metric;

import dev.hivedeck.engine.protocol.RegularExpression;

/** A condition on one label of a series, as in {@code {code=~"5.."}}. */
public final class LabelMatcher {
  /** How the value is compared. */
  public enum Type {
    EQUAL("="),
    NOT_EQUAL("!="),
    REGEX("=~"),
    NOT_REGEX("!~");

    private final String sign;

    Type(String sign) {
      this.sign = sign;
    }

    public String sign() {
      return sign;
    }
  }

  private final String name;
  private final Type type;
  private final String value;
  private final RegularExpression pattern;

  /**
   * @throws java.util.regex.PatternSyntaxException when the value of a regular expression is none,
   *     or too large
   */
  public LabelMatcher(String name, Type type, String value) {
    this.name = name;
    this.type = type;
    this.value = value;
    this.pattern =
        type == Type.REGEX || type == Type.NOT_REGEX ? RegularExpression.of(value) : null;
  }

  public static LabelMatcher equal(String name, String value) {
    return new LabelMatcher(name, Type.EQUAL, value);
  }

  public String name() {
    return name;
  }

  public Type type() {
    return type;
  }

  public String value() {
    return value;
  }

  /** Whether the whole value matches; a label that is not there has the empty value. */
  public boolean matches(String candidate) {
    return switch (type) {
      case EQUAL -> value.equals(candidate);
      case NOT_EQUAL -> !value.equals(candidate);
      case REGEX -> pattern.matches(candidate);
      case NOT_REGEX -> !pattern.matches(candidate);
    };
  }

  public boolean matches(Labels labels) {
    return matches(labels.get(name));
  }

  @Override
  public String toString() {
    return name + type.sign() + "\"" + Labels.escape(value) + "\"";
  }
}
