package dev.hivedeck.ui.shell.theme;

import atlantafx.base.theme.PrimerDark;
import atlantafx.base.theme.PrimerLight;
import dev.hivedeck.ui.shell.settings.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Pattern;
import javafx.application.Application;
import javafx.application.ColorScheme;
import javafx.application.Platform;
import javafx.beans.property.ReadOnlyDoubleProperty;
import javafx.beans.property.ReadOnlyDoubleWrapper;
import javafx.beans.property.ReadOnlyObjectProperty;
import javafx.beans.property.ReadOnlyObjectWrapper;
import javafx.scene.Scene;
import javafx.scene.paint.Color;
import javafx.scene.text.Font;
import javafx.util.Subscription;

/**
 * Dark or light, live. Colours exist in one place, the token sheets {@code theme/dark.css} and
 * {@code theme/light.css}; what draws on a canvas reads them here. It follows the system until it
 * is closed: the platform outlives every window and would hold what listens to it.
 */
public final class Theme implements AutoCloseable {
  private static final String HOME = "/hivedeck/theme/";
  private static final Pattern TOKEN =
      Pattern.compile("-hd-([a-z-]+):\\s*(#[0-9a-fA-F]{6,8})\\s*;");
  private static final List<String> FONTS =
      List.of(
          "Inter-Regular",
          "Inter-Medium",
          "Inter-SemiBold",
          "Inter-Bold",
          "JetBrainsMono-Regular",
          "JetBrainsMono-Bold",
          "NotoEmoji-Regular");

  private static final double TEXT = 13;
  private static final double SMALLEST = 0.85;
  private static final double LARGEST = 1.5;

  /** What the person chose. */
  public enum Preference {
    SYSTEM,
    DARK,
    LIGHT;

    public static Preference of(String word) {
      try {
        return valueOf(word.toUpperCase(Locale.ROOT));
      } catch (IllegalArgumentException e) {
        return SYSTEM;
      }
    }
  }

  /** The colours in force. */
  public record Appearance(boolean dark, Map<String, Color> tokens) {
    public Appearance {
      tokens = Map.copyOf(tokens);
    }

    /**
     * @param token its name without {@code -hd-}, for example {@code border}
     */
    public Color color(String token) {
      return Objects.requireNonNull(tokens.get(token), () -> "no token -hd-" + token);
    }

    public Color color(Tone tone) {
      return color(tone == Tone.NEUTRAL ? "muted" : tone.name().toLowerCase(Locale.ROOT));
    }
  }

  private final Settings settings;
  private final Map<Boolean, Appearance> looks = new HashMap<>();
  private final ReadOnlyObjectWrapper<Appearance> look = new ReadOnlyObjectWrapper<>();
  private final ReadOnlyDoubleWrapper scale = new ReadOnlyDoubleWrapper(1);
  private final ReadOnlyObjectWrapper<Preference> choice = new ReadOnlyObjectWrapper<>();
  private final Subscription system;

  public Theme(Settings settings) {
    this.settings = settings;
    FONTS.forEach(
        f -> Font.loadFont(Theme.class.getResourceAsStream("/hivedeck/font/" + f + ".ttf"), 13));
    TextShaping.mend();
    scale.set(Math.clamp(settings.number("text.scale", 1), SMALLEST, LARGEST));
    system = Platform.getPreferences().colorSchemeProperty().subscribe(_ -> refresh());
    choose(Preference.of(settings.text("theme", "system")));
  }

  /** What is in force; canvases redraw when it changes. */
  public ReadOnlyObjectProperty<Appearance> look() {
    return look.getReadOnlyProperty();
  }

  public ReadOnlyObjectProperty<Preference> choice() {
    return choice.getReadOnlyProperty();
  }

  public void choose(Preference wanted) {
    choice.set(wanted);
    settings.put("theme", wanted.name().toLowerCase(Locale.ROOT));
    refresh();
  }

  /** From dark to light or back. */
  public void toggle() {
    choose(look.get().dark() ? Preference.LIGHT : Preference.DARK);
  }

  /** Dresses a scene, now and whenever the theme changes. */
  public Subscription dress(Scene scene) {
    Runnable dress =
        () -> {
          var sheets =
              List.of(
                  sheet(look.get().dark() ? "dark.css" : "light.css"),
                  sheet("hivedeck.css"),
                  sheet("controls.css"),
                  sheet("work.css"),
                  sheet("activity.css"),
                  sheet("review.css"),
                  sheet("desk.css"),
                  size());
          if (!scene.getStylesheets().equals(sheets)) {
            scene.getStylesheets().setAll(sheets);
          }
        };
    dress.run();
    return Subscription.combine(look.subscribe(dress), scale.subscribe(dress));
  }

  /** How large text is; 1 is normal. */
  public ReadOnlyDoubleProperty scale() {
    return scale.getReadOnlyProperty();
  }

  public void scale(double wanted) {
    scale.set(Math.clamp(wanted, SMALLEST, LARGEST));
    settings.put("text.scale", scale.get());
  }

  // Popups are scenes of their own, so sizes come by a sheet rather than by a style. An icon's em
  // is its own size and not that of the text around, so icons are given in pixels here.
  private String size() {
    var css =
        String.format(
            Locale.ROOT,
            """
            .root { -fx-font-size: %.2fpx; }
            .ikonli-font-icon { -fx-icon-size: %.1fpx; }
            .ikonli-font-icon.hive-mark { -fx-icon-size: %.1fpx; }
            .ikonli-font-icon.hive-mark-large { -fx-icon-size: %.1fpx; }
            .placard > .ikonli-font-icon { -fx-icon-size: %.1fpx; }
            """,
            TEXT * scale.get(),
            14 * scale.get(),
            16 * scale.get(),
            44 * scale.get(),
            28 * scale.get());
    return "data:text/css;base64,"
        + Base64.getEncoder().encodeToString(css.getBytes(StandardCharsets.UTF_8));
  }

  /** The address of one of our sheets. */
  public static String sheet(String name) {
    return Objects.requireNonNull(Theme.class.getResource(HOME + name), name).toExternalForm();
  }

  /** The colours of a token sheet, by name. */
  public static Map<String, Color> tokens(boolean dark) {
    try (var in = Theme.class.getResourceAsStream(HOME + (dark ? "dark.css" : "light.css"))) {
      var css = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      var tokens = new HashMap<String, Color>();
      TOKEN.matcher(css).results().forEach(m -> tokens.put(m.group(1), Color.web(m.group(2))));
      return tokens;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    system.unsubscribe();
  }

  private void refresh() {
    if (choice.get() == null) {
      return;
    }
    var dark =
        switch (choice.get()) {
          case DARK -> true;
          case LIGHT -> false;
          case SYSTEM -> Platform.getPreferences().getColorScheme() == ColorScheme.DARK;
        };
    if (look.get() != null && look.get().dark() == dark) {
      return;
    }
    Application.setUserAgentStylesheet(
        dark
            ? new PrimerDark().getUserAgentStylesheet()
            : new PrimerLight().getUserAgentStylesheet());
    look.set(looks.computeIfAbsent(dark, d -> new Appearance(d, tokens(d))));
  }
}
