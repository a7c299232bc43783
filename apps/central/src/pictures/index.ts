export { fetchPictures } from './fetch-pictures.job.js';
export { Picture } from './picture.entity.js';
export { PicturesModule } from './pictures.module.js';
