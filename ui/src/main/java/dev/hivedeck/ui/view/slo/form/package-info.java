/** Declaring and changing an objective, with what it would have done; never writes unseen. */
package dev.hivedeck.ui.view.slo.form;
