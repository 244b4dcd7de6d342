package dev.hivedeck.ui.shell.text;

import dev.hivedeck.engine.protocol.view.AgentViews;
import dev.hivedeck.engine.protocol.view.DecisionViews;
import dev.hivedeck.engine.protocol.view.PermissionRequest;
import java.text.MessageFormat;
import java.text.NumberFormat;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.time.format.FormatStyle;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.ResourceBundle;
import java.util.Set;
import java.util.stream.Collectors;

/** Every word on the screen, and numbers, times and amounts as people of this language say them. */
public final class Texts {
  public static final List<Locale> LANGUAGES = List.of(Locale.ENGLISH, Locale.GERMAN);

  /** Frame and shared words first, then those of the places that bring their own. */
  private static final List<String> BUNDLES =
      List.of(
          "messages",
          "work",
          "review",
          "learning",
          "discovery",
          "activity",
          "desk",
          "config",
          "run");

  private static final Set<String> OWN_DETAILS =
      Set.of(PermissionRequest.KIND, DecisionViews.Decision.STUCK);

  private final List<ResourceBundle> bundles;
  private final Locale locale;
  private final ZoneId zone;
  private final DateTimeFormatter timeOfDay;
  private final DateTimeFormatter moment;
  private final EngineTranslations engineTranslations;

  public Texts(Locale locale, ZoneId zone) {
    this.locale = locale;
    this.zone = zone;
    this.bundles = BUNDLES.stream().map(name -> bundle(name, locale)).toList();
    this.engineTranslations = new EngineTranslations(locale);
    this.timeOfDay = DateTimeFormatter.ofPattern("HH:mm:ss", locale).withZone(zone);
    this.moment =
        DateTimeFormatter.ofLocalizedDateTime(FormatStyle.MEDIUM, FormatStyle.MEDIUM)
            .withLocale(locale)
            .withZone(zone);
  }

  private static ResourceBundle bundle(String name, Locale locale) {
    return ResourceBundle.getBundle(
        "hivedeck.i18n." + name,
        locale,
        ResourceBundle.Control.getNoFallbackControl(ResourceBundle.Control.FORMAT_PROPERTIES));
  }

  public Locale locale() {
    return locale;
  }

  public ZoneId zone() {
    return zone;
  }

  /** The text of that key, its {@code {0}…} filled in. A missing key shows as itself. */
  public String text(String key, Object... values) {
    var pattern = pattern(key);
    if (pattern == null) {
      return key;
    }
    return values.length == 0 && pattern.indexOf('\'') < 0 && pattern.indexOf('{') < 0
        ? pattern
        : new MessageFormat(pattern, locale).format(values);
  }

  private String pattern(String key) {
    for (var bundle : bundles) {
      if (bundle.containsKey(key)) {
        return bundle.getString(key);
      }
    }
    return null;
  }

  public boolean has(String key) {
    return pattern(key) != null;
  }

  /** What an agent does; one that is given nothing more may end what it is at. */
  public String state(AgentViews.Agent agent) {
    var word = word("agent.state", agent.state());
    return agent.paused() && agent.state() != AgentViews.AgentState.PAUSED
        ? word + ", " + text("agent.pausing")
        : word;
  }

  /** A sentence of the engine, which speaks English, in this language where it is known. */
  public String said(String english) {
    return engineTranslations.of(english);
  }

  /** The same for words that are no sentence, such as {@code 3 files} or {@code today}. */
  public String part(String english) {
    return engineTranslations.within(english);
  }

  /**
   * Words of a decision, its question or an option: those that only the engine asks, in this
   * language, what an agent asks as it asked it.
   */
  public String asked(DecisionViews.Decision decision, String words) {
    return DecisionViews.Decision.isOwn(decision.kind()) ? engineTranslations.within(words) : words;
  }

  /** What else there is to know of a decision: of a plan or an agent as they wrote it. */
  public String detail(DecisionViews.Decision decision) {
    var detail = decision.detail();
    if (detail == null || !OWN_DETAILS.contains(decision.kind())) {
      return detail;
    }
    int end = detail.indexOf("\n\n"); // From there on it is what an agent wants to do.
    return end < 0
        ? engineTranslations.within(detail)
        : engineTranslations.within(detail.substring(0, end)) + detail.substring(end);
  }

  /** The word of an enum constant, under {@code <prefix>.<constant in lower case>}. */
  public String word(String prefix, Enum<?> value) {
    return text(key(prefix, value));
  }

  /** A key as the keyboard of that language has it: Ctrl K, Strg K. */
  public String keys(Hotkey key) {
    return keys(key.caps());
  }

  /** One of the keys that differ in the digit. */
  public String keys(Hotkey key, int digit) {
    return keys(key.caps(digit));
  }

  private String keys(String caps) {
    return Arrays.stream(caps.split(" "))
        .map(
            cap ->
                has("cap." + cap.toLowerCase(Locale.ROOT))
                    ? text("cap." + cap.toLowerCase(Locale.ROOT))
                    : cap)
        .collect(Collectors.joining(" "));
  }

  /** The key of that word. */
  public static String key(String prefix, Enum<?> value) {
    return prefix + "." + value.name().toLowerCase(Locale.ROOT);
  }

  public String count(long number) {
    return NumberFormat.getIntegerInstance(locale).format(number);
  }

  /** Large counts in few letters: 41.2 k. */
  public String brief(long number) {
    if (number < 10_000) {
      return count(number);
    }
    return number < 1_000_000 ? decimal(number / 1e3, 1) + " k" : decimal(number / 1e6, 1) + " M";
  }

  public String decimal(double number, int digits) {
    var format = NumberFormat.getNumberInstance(locale);
    format.setMinimumFractionDigits(digits);
    format.setMaximumFractionDigits(digits);
    return format.format(number);
  }

  public String percent(double share) {
    var format = NumberFormat.getPercentInstance(locale);
    format.setMaximumFractionDigits(share > 0.9 && share < 1 ? 1 : 0);
    return format.format(share);
  }

  /** Dollars and cents. */
  public String money(double dollars) {
    return "$" + decimal(dollars, 2);
  }

  /** What something costs; null when nobody knows. */
  public String cost(Double dollars) {
    return dollars == null ? text("agent.cost.unknown") : money(dollars);
  }

  /** What several things cost together; where that of some is not known, it is at least so much. */
  public String costs(Collection<Double> dollars) {
    var known = dollars.stream().filter(Objects::nonNull).toList();
    if (known.isEmpty()) {
      return text("agent.cost.unknown");
    }
    var sum = money(known.stream().mapToDouble(Double::doubleValue).sum());
    return known.size() == dollars.size() ? sum : text("cost.least", sum);
  }

  public String bytes(long size) {
    if (size < 1_000) {
      return size + " B";
    }
    if (size < 1_000_000) {
      return decimal(size / 1e3, 0) + " kB";
    }
    return size < 1_000_000_000 ? decimal(size / 1e6, 1) + " MB" : decimal(size / 1e9, 1) + " GB";
  }

  /** A running time as a clock shows it: 3:12, 1:04:09. */
  public String clock(Duration time) {
    var t = time.isNegative() ? Duration.ZERO : time;
    return t.toHours() > 0
        ? "%d:%02d:%02d".formatted(t.toHours(), t.toMinutesPart(), t.toSecondsPart())
        : "%d:%02d".formatted(t.toMinutes(), t.toSecondsPart());
  }

  /** A length of time in its two largest units: 3 h 12 m, 40 s. */
  public String span(Duration time) {
    var t = time.isNegative() ? Duration.ZERO : time;
    if (t.toDays() > 0) {
      return two(t.toDays(), "time.d", t.toHoursPart(), "time.h");
    }
    if (t.toHours() > 0) {
      return two(t.toHours(), "time.h", t.toMinutesPart(), "time.m");
    }
    if (t.toMinutes() > 0) {
      return two(t.toMinutes(), "time.m", t.toSecondsPart(), "time.s");
    }
    return t.toSeconds() > 0 ? text("time.s", t.toSeconds()) : text("time.ms", t.toMillis());
  }

  private String two(long large, String unit, long small, String part) {
    return small == 0 ? text(unit, large) : text(unit, large) + " " + text(part, small);
  }

  /** A length of time in its largest unit: 3 h, 40 s. */
  public String roughly(Duration time) {
    var t = time.isNegative() ? Duration.ZERO : time;
    if (t.toDays() > 0) {
      return text("time.d", t.toDays());
    }
    if (t.toHours() > 0) {
      return text("time.h", t.toHours());
    }
    return t.toMinutes() > 0 ? text("time.m", t.toMinutes()) : text("time.s", t.toSeconds());
  }

  /** How long ago: just now, 3 m ago. */
  public String ago(Instant then, Instant now) {
    var age = Duration.between(then, now);
    return age.toSeconds() < 5 ? text("time.now") : text("time.ago", roughly(age));
  }

  /** How long until: 21 h left, overdue. */
  public String left(Instant due, Instant now) {
    var rest = Duration.between(now, due);
    return rest.isNegative() || rest.isZero()
        ? text("time.over")
        : text("time.left", roughly(rest));
  }

  /** A moment of the last weeks: day, month and minute. */
  public String minute(Instant at) {
    return DateTimeFormatter.ofPattern("d MMM HH:mm", locale()).withZone(zone()).format(at);
  }

  /** A day as it is written there. */
  public String day(LocalDate day) {
    return DateTimeFormatter.ofLocalizedDate(FormatStyle.LONG).withLocale(locale()).format(day);
  }

  /** 13:52:07 */
  public String time(Instant at) {
    return timeOfDay.format(at);
  }

  /** The exact moment, for tooltips. */
  public String moment(Instant at) {
    return moment.format(at);
  }
}
