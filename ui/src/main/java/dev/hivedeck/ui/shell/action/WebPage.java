package dev.hivedeck.ui.shell.action;

import dev.hivedeck.ui.shell.ScreenContext;
import dev.hivedeck.ui.shell.widget.Widgets;
import java.io.IOException;
import java.net.URI;
import java.util.List;
import java.util.Locale;

/** Opens a page in the person's browser. */
public final class WebPage {
  private WebPage() {}

  /** Whether this is the address of a page; anything else is not opened. */
  public static boolean is(String address) {
    try {
      var uri = URI.create(address.strip());
      return uri.getHost() != null
          && (uri.getScheme().equals("https") || uri.getScheme().equals("http"));
    } catch (IllegalArgumentException e) {
      return false;
    }
  }

  /** Opens it; where nothing opens pages, its address is put on the clipboard, and that is said. */
  public static void open(ScreenContext context, String address) {
    if (!is(address)) {
      return;
    }
    try {
      new ProcessBuilder(command(address.strip()))
          .redirectOutput(ProcessBuilder.Redirect.DISCARD)
          .redirectError(ProcessBuilder.Redirect.DISCARD)
          .start();
    } catch (IOException e) {
      Widgets.toClipboard(address);
      context.notices().say(context.texts().text("page.copied", address));
    }
  }

  private static List<String> command(String address) {
    var system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.startsWith("win")) {
      return List.of("rundll32", "url.dll,FileProtocolHandler", address);
    }
    return List.of(system.startsWith("mac") ? "open" : "xdg-open", address);
  }
}
