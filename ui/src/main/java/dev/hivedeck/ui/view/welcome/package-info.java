/**
 * Where one begins: open a repository, one of the last, or the demo. It knows no engine; whoever
 * shows it says what opening means.
 */
package dev.hivedeck.ui.view.welcome;
