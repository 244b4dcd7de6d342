package dev.hivedeck.ui.shell.theme;

import org.kordamp.ikonli.Ikon;
import org.kordamp.ikonli.bootstrapicons.BootstrapIcons;
import org.kordamp.ikonli.javafx.FontIcon;

/** Every icon of the desktop, by what it means; the pack is known only here. */
public enum Icon {
  HIVE(BootstrapIcons.HEXAGON_FILL),
  OVERVIEW(BootstrapIcons.GRID_1X2),
  DECISION(BootstrapIcons.QUESTION_DIAMOND),
  PLAN(BootstrapIcons.BULLSEYE),
  AGENT(BootstrapIcons.HEXAGON),
  TASK(BootstrapIcons.LIST_CHECK),
  CHANGE(BootstrapIcons.FILE_DIFF),
  OBJECTIVE(BootstrapIcons.SPEEDOMETER2),
  ROLLOUT(BootstrapIcons.SIGNPOST_SPLIT),
  SERVICE(BootstrapIcons.HDD_STACK),
  ALERT(BootstrapIcons.BELL),
  SILENCED(BootstrapIcons.VOLUME_MUTE),
  LESSON(BootstrapIcons.LIGHTBULB),
  SETTINGS(BootstrapIcons.GEAR),
  REQUIREMENT(BootstrapIcons.BOOKMARK_CHECK),
  SEARCH(BootstrapIcons.SEARCH),
  COMMAND(BootstrapIcons.TERMINAL),
  THEME_DARK(BootstrapIcons.MOON_STARS),
  THEME_LIGHT(BootstrapIcons.SUN),
  THEME_SYSTEM(BootstrapIcons.CIRCLE_HALF),
  FOLDER(BootstrapIcons.FOLDER2_OPEN),
  FILE(BootstrapIcons.FILE_EARMARK),
  BRANCH(BootstrapIcons.DIAGRAM_2),
  COMMIT(BootstrapIcons.RECORD_CIRCLE),
  PLAY(BootstrapIcons.PLAY_FILL),
  PAUSE(BootstrapIcons.PAUSE_FILL),
  STOP(BootstrapIcons.STOP_FILL),
  RETRY(BootstrapIcons.ARROW_REPEAT),
  CANCEL(BootstrapIcons.X_CIRCLE),
  CLOSE(BootstrapIcons.X),
  ADD(BootstrapIcons.PLUS),
  MINUS(BootstrapIcons.DASH),
  CHECK(BootstrapIcons.CHECK2),
  PASSED(BootstrapIcons.CHECK_CIRCLE_FILL),
  WARNED(BootstrapIcons.EXCLAMATION_TRIANGLE_FILL),
  FAILED(BootstrapIcons.X_OCTAGON_FILL),
  WAITING(BootstrapIcons.HOURGLASS_SPLIT),
  RUNNING(BootstrapIcons.LIGHTNING_FILL),
  IDLE(BootstrapIcons.CIRCLE),
  INFO(BootstrapIcons.INFO_CIRCLE),
  HELP(BootstrapIcons.QUESTION_CIRCLE),
  CLOCK(BootstrapIcons.CLOCK),
  COMMENT(BootstrapIcons.CHAT_LEFT_TEXT),
  SEND(BootstrapIcons.CURSOR),
  MERGE(BootstrapIcons.ARROW_90DEG_RIGHT),
  RETURN(BootstrapIcons.ARROW_RETURN_LEFT),
  COPY(BootstrapIcons.CLIPBOARD),
  FILTER(BootstrapIcons.FUNNEL),
  GRAPH(BootstrapIcons.DIAGRAM_3),
  TABLE(BootstrapIcons.TABLE),
  IMPORT(BootstrapIcons.BOX_ARROW_IN_DOWN),
  EXPORT(BootstrapIcons.BOX_ARROW_UP),
  SIDES(BootstrapIcons.LAYOUT_SPLIT),
  DETACH(BootstrapIcons.BOX_ARROW_UP_RIGHT),
  COLLAPSE(BootstrapIcons.LAYOUT_SIDEBAR),
  DOWN(BootstrapIcons.CHEVRON_DOWN),
  UP(BootstrapIcons.CHEVRON_UP),
  RIGHT(BootstrapIcons.CHEVRON_RIGHT),
  LEFT(BootstrapIcons.CHEVRON_LEFT),
  MORE(BootstrapIcons.THREE_DOTS),
  SHIELD(BootstrapIcons.SHIELD_LOCK),
  TRUSTED(BootstrapIcons.SHIELD_CHECK),
  KEPT(BootstrapIcons.ARCHIVE),
  DRIFT(BootstrapIcons.INTERSECT),
  REPAIR(BootstrapIcons.WRENCH),
  DISCONNECTED(BootstrapIcons.PLUG),
  EMPTY(BootstrapIcons.INBOX),
  UPDATE(BootstrapIcons.ARROW_DOWN_CIRCLE),
  UNDO(BootstrapIcons.ARROW_COUNTERCLOCKWISE),
  DEMO(BootstrapIcons.STARS),
  PIN(BootstrapIcons.PIN_ANGLE),
  WRAP(BootstrapIcons.TEXT_PARAGRAPH),
  FOLLOW(BootstrapIcons.ARROW_DOWN_SHORT),
  KEYBOARD(BootstrapIcons.KEYBOARD),
  THINK(BootstrapIcons.LIGHTBULB),
  READ(BootstrapIcons.EYE),
  EDIT(BootstrapIcons.PENCIL),
  TOOL(BootstrapIcons.TOOLS),
  SPEND(BootstrapIcons.CASH_STACK),
  RAW(BootstrapIcons.BRACES),
  INPUT(BootstrapIcons.BOX_ARROW_IN_RIGHT),
  OUTPUT(BootstrapIcons.TEXT_LEFT),
  GATE(BootstrapIcons.CLIPBOARD_CHECK),
  TAKE(BootstrapIcons.PERSON_CHECK),
  FLAG(BootstrapIcons.FLAG);

  private final Ikon code;

  Icon(Ikon code) {
    this.code = code;
  }

  /** Makes a node that showed another one show it. */
  public void on(FontIcon icon) {
    icon.setIconCode(code);
  }

  /** A new node that shows it, in the colour of the text around. */
  public FontIcon node() {
    var icon = new FontIcon(code);
    icon.getStyleClass().add("icon");
    icon.setFocusTraversable(false);
    return icon;
  }
}
