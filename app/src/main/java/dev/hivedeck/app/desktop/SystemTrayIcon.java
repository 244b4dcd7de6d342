package dev.hivedeck.app.desktop;

import dev.hivedeck.ui.shell.text.Texts;
import java.awt.AWTException;
import java.awt.EventQueue;
import java.awt.MenuItem;
import java.awt.PopupMenu;
import java.awt.SystemTray;
import java.awt.Toolkit;
import java.awt.TrayIcon;
import org.slf4j.LoggerFactory;

/** The icon that an engine without a window has, where the system shows such. */
final class SystemTrayIcon implements AutoCloseable {
  private static final String PICTURE = "/hivedeck/icon/hivedeck-32.png";
  private final TrayIcon icon;

  private SystemTrayIcon(TrayIcon icon) {
    this.icon = icon;
  }

  /**
   * Shows the icon.
   *
   * @param texts in the person's language
   * @param open brings the window back
   * @param stop ends what works
   * @return null where there is no tray
   */
  static SystemTrayIcon show(Texts texts, Runnable open, Runnable stop) {
    if (!isSupported()) {
      return null;
    }
    try {
      var image = Toolkit.getDefaultToolkit().getImage(SystemTrayIcon.class.getResource(PICTURE));
      var menu = new PopupMenu();
      menu.add(item(texts.text("tray.open"), open));
      menu.add(item(texts.text("tray.stop"), () -> Thread.ofPlatform().name("stop").start(stop)));
      var icon = new TrayIcon(image, texts.text("tray.works"), menu);
      icon.setImageAutoSize(true);
      icon.addActionListener(_ -> open.run());
      SystemTray.getSystemTray().add(icon);
      return new SystemTrayIcon(icon);
    } catch (AWTException | RuntimeException | LinkageError e) {
      LoggerFactory.getLogger(SystemTrayIcon.class).info("no tray: {}", e.toString());
      return null;
    }
  }

  /** Whether this system has a tray. */
  static boolean isSupported() {
    try {
      return SystemTray.isSupported();
    } catch (RuntimeException | LinkageError e) {
      LoggerFactory.getLogger(SystemTrayIcon.class).info("no tray: {}", e.toString());
      return false;
    }
  }

  /** Shows a message beside the icon; a click on it brings the window back. */
  void say(String title, String text) {
    EventQueue.invokeLater(() -> icon.displayMessage(title, text, TrayIcon.MessageType.NONE));
  }

  private static MenuItem item(String text, Runnable run) {
    var item = new MenuItem(text);
    item.addActionListener(_ -> run.run());
    return item;
  }

  @Override
  public void close() {
    EventQueue.invokeLater(() -> SystemTray.getSystemTray().remove(icon));
  }
}
