/** What cannot be done, with what to do about it. */
final class Refused extends RuntimeException {
  Refused(String what, String remedy) {
    super("installers/figures: " + what + "\n                    " + remedy);
  }
}
