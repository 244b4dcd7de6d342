package dev.hivedeck.ui;

import dev.hivedeck.ui.shell.Navigator;
import dev.hivedeck.ui.shell.ScreenId;
import dev.hivedeck.ui.shell.widget.Sheet;
import javafx.scene.Node;

/** The way about in a workspace that is closed by now: it leads nowhere. */
final class NoNavigator implements Navigator {
  @Override
  public void to(ScreenId screen) {}

  @Override
  public void to(ScreenId screen, String id) {}

  @Override
  public void work() {}

  @Override
  public void newTask(String requirement) {}

  @Override
  public void setUp() {}

  @Override
  public void sheet(Sheet sheet, Node first) {}

  @Override
  public void closeSheet() {}

  @Override
  public void review() {}
}
