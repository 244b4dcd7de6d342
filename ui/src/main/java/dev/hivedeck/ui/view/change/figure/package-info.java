/**
 * Team figures, and the rows behind them. They are counted by the engine; nothing is counted here.
 */
package dev.hivedeck.ui.view.change.figure;
