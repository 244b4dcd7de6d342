package dev.hivedeck.engine.security;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;

/**
 * Masks secrets in text that is to be kept or shown: known values in every form that programs print
 * them in, and the shapes of well-known tokens and keys. It takes time in proportion to the text,
 * whatever the text is: what an agent prints must not keep the engine busy.
 */
public final class Redactor {
  static final String MASK = "•••";

  private final Supplier<Set<String>> secrets;
  private volatile KnownSecrets known = KnownSecrets.of(Set.of());

  /** One that knows these values; those shorter than 6 characters are left out. */
  public Redactor(Set<String> secrets) {
    this(() -> secrets);
  }

  /**
   * @param secrets values that are known by now; asked for each text, so it should be quick
   */
  public Redactor(Supplier<Set<String>> secrets) {
    this.secrets = secrets;
  }

  /** The text with all secrets masked. */
  public String redact(String text) {
    return mask(text, new Before());
  }

  /**
   * Masks texts that follow each other, such as the lines of one stream: a private key or a known
   * value may stretch over many of them.
   */
  public UnaryOperator<String> stream() {
    var before = new Before();
    return text -> {
      synchronized (before) {
        return mask(text, before);
      }
    };
  }

  /** What is open from the texts that went before. */
  private static final class Before {
    private final PrivateKeys keys = new PrivateKeys();
    private KnownSecrets known;
    private int state;
  }

  private String mask(String text, Before before) {
    var spans = spans(text, before);
    if (spans.isEmpty()) {
      return text;
    }
    var masked = new StringBuilder(text.length());
    int at = 0;
    for (var span : spans) {
      if (span.end() > at) {
        if (span.start() >= at) {
          masked.append(text, at, span.start()).append(MASK);
        }
        at = span.end();
      }
    }
    return masked.append(text, at, text.length()).toString();
  }

  /** Where the secrets are, in order; they may overlap. */
  private List<Span> spans(CharSequence text, Before before) {
    var spans = new ArrayList<Span>();
    before.keys.find(text, spans);
    var now = known();
    before.state = now.find(text, now == before.known ? before.state : 0, spans);
    before.known = now;
    SecretShapes.find(text, spans);
    spans.sort(Comparator.comparingInt(Span::start).thenComparing(Span::end));
    return spans;
  }

  /** How many secrets are in a text; for tests that count how often it is looked at. */
  int count(CharSequence text) {
    return spans(text, new Before()).size();
  }

  private KnownSecrets known() {
    var wanted = secrets.get();
    var now = known;
    if (!now.isOf(wanted)) {
      now = KnownSecrets.of(wanted);
      known = now;
    }
    return now;
  }

  /** A part of a text, from {@code start} up to but without {@code end}. */
  record Span(int start, int end) {}
}
