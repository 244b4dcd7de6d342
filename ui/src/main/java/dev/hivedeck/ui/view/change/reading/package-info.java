/** How long a person reads changes, and how long what is left of them takes. */
package dev.hivedeck.ui.view.change.reading;
