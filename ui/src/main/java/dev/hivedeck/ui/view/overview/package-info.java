/**
 * The first screen: what is being worked on, what needs a person, how it goes. It only counts and
 * shows what the live model holds; every number leads to the screen that holds what it counts.
 */
package dev.hivedeck.ui.view.overview;
