package dev.hivedeck.ui.shell;

import dev.hivedeck.ui.shell.widget.Sheet;
import javafx.scene.Node;

/** The way about in another repository than the one that is shown: who takes it goes there. */
final class DistantNavigator implements Navigator {
  private final Navigator here;
  private final WorkspaceSwitcher switcher;
  private final OpenWorkspace there;

  /**
   * @param here where sheets open: those are above what the person looks at
   */
  DistantNavigator(Navigator here, WorkspaceSwitcher switcher, OpenWorkspace there) {
    this.here = here;
    this.switcher = switcher;
    this.there = there;
  }

  @Override
  public void to(ScreenId screen) {
    switcher.show(there).to(screen);
  }

  @Override
  public void to(ScreenId screen, String id) {
    switcher.show(there).to(screen, id);
  }

  @Override
  public void work() {
    switcher.show(there).work();
  }

  @Override
  public void newTask(String requirement) {
    switcher.show(there).newTask(requirement);
  }

  @Override
  public void setUp() {
    switcher.show(there).setUp();
  }

  @Override
  public void sheet(Sheet sheet, Node first) {
    here.sheet(sheet, first);
  }

  @Override
  public void closeSheet() {
    here.closeSheet();
  }

  @Override
  public void review() {
    switcher.show(there).review();
  }
}
